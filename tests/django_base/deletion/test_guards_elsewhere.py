"""Guards where rows are written by replication, and where what they refer to is no table."""

from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from registry.models import Broker, Certificate, Company, Receipt

from django_base.capture.install import install
from infra.testing import Databases
from infra.waiting import wait_until

DELETION = UUID("0199b2d4-0000-7000-8000-000000000001")


@contextmanager
def subscribed(raw, url):
    """Let another database's registry_receipt flow into the test's own."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, autocommit=True) as publisher:
        publisher.execute(
            "CREATE TABLE registry_receipt"
            " (id bigint PRIMARY KEY, certificate_id bigint, text text, void_id uuid)"
        )
        publisher.execute("CREATE PUBLICATION receipts FOR TABLE registry_receipt")
        publisher.execute(f"SELECT pg_create_logical_replication_slot('{name}', 'pgoutput')")
        raw.execute(
            f"CREATE SUBSCRIPTION receipts CONNECTION '{url}' PUBLICATION receipts"
            f" WITH (create_slot = false, slot_name = '{name}', copy_data = false)"
        )
        try:
            yield publisher
        finally:
            raw.execute("ALTER SUBSCRIPTION receipts DISABLE")
            raw.execute("ALTER SUBSCRIPTION receipts SET (slot_name = NONE)")
            raw.execute("DROP SUBSCRIPTION receipts")
            held = "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = %s"
            assert wait_until(
                lambda: publisher.execute(held, [name]).fetchone() == (0,), timeout_s=30
            )
            publisher.execute("SELECT pg_drop_replication_slot(%s)", [name])


@pytest.mark.django_db(transaction=True)
def test_changes_of_another_database_pass(raw, databases: Databases):
    """They were judged there; refusing one here would stop all that come after it."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    certificate.delete()
    url = databases.create()
    receipts = Receipt.objects.all_objects_including_void()
    with subscribed(raw, url) as publisher:
        for statement, is_done in (
            (f"INSERT INTO registry_receipt VALUES (1, {certificate.pk}, 'a')", receipts.exists),
            (
                f"UPDATE registry_receipt SET void_id = '{DELETION}'",
                receipts.filter(void_id=DELETION).exists,
            ),
            ("DELETE FROM registry_receipt", lambda: not receipts.exists()),
        ):
            publisher.execute(statement)
            assert wait_until(is_done, timeout_s=30), statement
    databases.drop(url)


@pytest.mark.django_db
def test_reference_to_a_view_is_left_alone():
    """Its rows cannot be locked: looking at them would make every write fail."""
    company, broker = Company.objects.create(name="Acme"), Broker.objects.create(name="b")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE registry_broker RENAME TO broker")
        cursor.execute("CREATE VIEW registry_broker AS SELECT DISTINCT * FROM broker")
    install("default")

    assert Certificate.objects.create(company=company, agent=broker).agent.name == "b"
