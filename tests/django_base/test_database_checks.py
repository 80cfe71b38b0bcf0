"""What capture cannot work with, and who can switch it off: each has a check that says so."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.checks import CheckMessage
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import override_settings
from shop.models import Company, Document

from django_base import action
from django_base.capture.database_checks import check_databases
from django_base.capture.install import install
from django_base.capture.wanted import wanted_on
from infra.doctor.capture import check_capture
from infra.testing import Databases
from infra.waiting import wait_until

DOCUMENTED = Path(__file__).parents[2] / "docs" / "checks.md"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def found(number: str) -> list[CheckMessage]:
    messages = check_databases(databases=["default"])
    return [each for each in messages if each.id == f"backstory.{number}"]


IMPOSSIBLE = {
    "E008": ("CREATE TABLE child () INHERITS (shop_company)", Company, "public.shop_company"),
    "E009": (
        "ALTER TABLE shop_document DROP CONSTRAINT shop_document_pkey;"
        "ALTER TABLE shop_document ADD PRIMARY KEY (id) DEFERRABLE",
        Document,
        "public.shop_document",
    ),
    "E011": (
        "CREATE TABLE older (LIKE shop_document); ALTER TABLE shop_document INHERIT older",
        Document,
        "through older",
    ),
    "E012": (
        "ALTER TABLE shop_document RENAME TO shop_paper;"
        "CREATE VIEW shop_document AS SELECT * FROM shop_paper",
        Document,
        "public.shop_document",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("number", IMPOSSIBLE)
def test_what_capture_cannot_work_with_is_refused(number):
    """Its events would be wrong, or missing: better no start than a history that lies."""
    statement, model, named = IMPOSSIBLE[number]
    assert found(number) == []

    execute(statement)

    [message] = found(number)
    assert message.is_serious()
    assert (message.obj, named in message.msg) == (model, True)
    assert "untracked = 'reason'" in str(message.hint)
    install("default")  # what can be captured beside it is


@pytest.mark.django_db
def test_what_is_written_through_a_parent_does_escape_capture(captured):
    """The reason for the refusal, seen on a real server: a change, and no outbox row."""
    execute(IMPOSSIBLE["E011"][0])
    document = Document.objects.create(title="a")
    captured()

    execute("UPDATE older SET title = 'b'")

    document.refresh_from_db()
    assert (document.title, captured()) == ("b", [])


@contextmanager
def subscribed(raw: psycopg.Connection, publisher_url: str) -> Iterator[psycopg.Connection]:
    """Let another database's shop_company flow into the test's own."""
    name = psycopg.conninfo.conninfo_to_dict(publisher_url)["dbname"]
    with psycopg.connect(publisher_url, autocommit=True) as publisher:
        publisher.execute("CREATE TABLE shop_company (id bigint PRIMARY KEY, name text)")
        publisher.execute("CREATE PUBLICATION companies FOR TABLE shop_company")
        publisher.execute(f"SELECT pg_create_logical_replication_slot('{name}', 'pgoutput')")
        raw.execute(
            f"CREATE SUBSCRIPTION companies CONNECTION '{publisher_url}' PUBLICATION companies"
            f" WITH (create_slot = false, slot_name = '{name}', copy_data = false)"
        )
        try:
            yield publisher
        finally:
            raw.execute("ALTER SUBSCRIPTION companies DISABLE")
            raw.execute("ALTER SUBSCRIPTION companies SET (slot_name = NONE)")
            raw.execute("DROP SUBSCRIPTION companies")
            released = "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = %s"
            assert wait_until(
                lambda: publisher.execute(released, [name]).fetchone() == (0,), timeout_s=30
            )
            publisher.execute("SELECT pg_drop_replication_slot(%s)", [name])


@pytest.mark.django_db(transaction=True)
def test_logical_replication_into_a_tracked_table_is_refused(captured, raw, databases: Databases):
    """Its worker writes rows without a statement, so that no statement trigger sees them."""
    assert found("E010") == []
    url = databases.create()
    with subscribed(raw, url) as publisher:
        publisher.execute("INSERT INTO shop_company VALUES (1, 'replicated')")
        there = Company.objects.filter(name="replicated")
        assert wait_until(there.exists, timeout_s=30)
        [message] = found("E010")
        assert message.is_serious()
        assert "public.shop_company" in message.msg
        [examined] = check_capture(raw, "public")
        assert "'shop.Company' cannot be captured: a logical-replication" in examined.problem
    databases.drop(url)

    assert captured() == []
    assert found("E010") == []


@pytest.mark.django_db
def test_a_role_that_may_switch_capture_off_is_told():
    """A warning: a small site that works as the owner of its tables starts all the same."""
    execute(
        "CREATE ROLE clerk LOGIN; CREATE ROLE landlord; CREATE ROLE heir LOGIN IN ROLE landlord"
    )
    execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE shop_document OWNER TO landlord")

    [message] = found("W006")
    assert not message.is_serious()
    assert "believed_roles" in str(message.hint)
    with override_settings(BACKSTORY={"source": "shop", "believed_roles": ["heir"]}):
        assert [each.msg.split("'")[1] for each in found("W006")][-1] == "heir"
    with override_settings(BACKSTORY={"source": "shop", "believed_roles": ["clerk"]}):
        assert found("W006") == []


@pytest.mark.django_db
def test_the_documented_role_writes_and_records_and_cannot_switch_capture_off(captured):
    """What docs/checks.md says to do is enough, and not too much."""
    [grants] = re.findall(r"```sql\n(.*?)```", DOCUMENTED.read_text(), re.DOTALL)
    execute(grants)
    execute("SET LOCAL ROLE app")

    with action("company.found"):
        Company.objects.create(name="Acme")

    for refused in (
        "ALTER TABLE shop_company DISABLE TRIGGER backstory_insert",
        "DELETE FROM backstory_outbox_0",
        "SELECT * FROM backstory_outbox",
        "SELECT setval('backstory_outbox_slot', 1)",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            execute(refused)
    execute("RESET ROLE")
    assert [row.kind for row in captured()] == ["insert", "event"]
    with override_settings(BACKSTORY={"source": "shop", "believed_roles": ["app"]}):
        assert found("W006") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "named", "fix"),
    [
        (
            "ALTER ROLE clerk SET session_replication_role = replica",
            "role clerk",
            "ALTER ROLE clerk RESET session_replication_role",
        ),
        (
            "ALTER ROLE clerk IN DATABASE {database} SET session_replication_role = replica",
            "role clerk in database {database}",
            "ALTER ROLE clerk IN DATABASE {database} RESET session_replication_role",
        ),
        (
            "ALTER DATABASE {database} SET session_replication_role = local",
            "database {database}",
            "ALTER DATABASE {database} RESET session_replication_role",
        ),
    ],
)
def test_sessions_that_begin_without_foreign_keys_are_told(statement, named, fix):
    """Ours fire there, too; cascades of the database do not, and leave rows without a parent."""
    database = connection.settings_dict["NAME"]
    execute("CREATE ROLE clerk LOGIN")
    assert found("W007") == []

    execute(statement.format(database=database))

    [message] = found("W007")
    assert f"Sessions of {named.format(database=database)} begin" in message.msg
    execute(str(message.hint))
    assert found("W007") == []


@pytest.mark.django_db
def test_what_the_doctor_compares_with_is_renewed(captured):
    """Functions of another version are noted as they were made, not as they were."""
    execute("UPDATE backstory_function SET body = 'old' WHERE name = 'backstory_update'")

    install("default")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM backstory_function f JOIN pg_proc p ON p.proname = f.name"
            " WHERE p.prosrc = f.body AND p.prosecdef = f.definer"
        )
        assert cursor.fetchone()[0] == len(wanted_on("default").functions)
