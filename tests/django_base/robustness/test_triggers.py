"""Triggers and constraints of the application: what they make of a write is what is told."""

import pytest
from django.db import connection, transaction
from shop.models import Certificate, Company, Watch

from tests.django_base.robustness.past import HARD, execute, rebuilt, stored


def on(table: str, when: str, body: str) -> None:
    """Put a row trigger of the application's on a table."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(
        f"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;"
        f"CREATE TRIGGER theirs {when} ON {table} FOR EACH ROW EXECUTE FUNCTION theirs()"
    )


@pytest.mark.django_db
def test_what_a_before_trigger_makes_of_a_row_is_told(told):
    """The row as it is in the table, not as the statement had it."""
    on(
        "shop_certificate",
        "BEFORE INSERT OR UPDATE",
        "NEW.holder_name := upper(NEW.holder_name); RETURN NEW;",
    )
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company, holder="ann")
    Certificate.objects.update(holder="bob")
    certificate.refresh_from_db()

    events = told()

    assert certificate.holder == "BOB"
    assert rebuilt(events) == stored("shop.Company", "shop.Certificate")


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["INSERT", "UPDATE", "DELETE"])
def test_what_a_before_trigger_swallows_is_not_told(told, operation):
    """Nothing happened to that row; to the others it did."""
    if operation == "INSERT":
        on("shop_document", "BEFORE INSERT", "RETURN CASE WHEN NEW.title <> '1' THEN NEW END;")
    execute("INSERT INTO shop_document (title, scan) VALUES ('0', ''), ('1', ''), ('2', '')")
    if operation != "INSERT":
        row = "NEW" if operation == "UPDATE" else "OLD"
        on(
            "shop_document",
            f"BEFORE {operation}",
            f"RETURN CASE WHEN OLD.title NOT LIKE '1%' THEN {row} END;",
        )
        execute("UPDATE shop_document SET title = title || '!'")
        execute(HARD + "DELETE FROM shop_document")

    events = told()

    assert rebuilt(events) == stored("shop.Document")
    assert len(events) == {"INSERT": 2, "UPDATE": 3 + 2 + 3, "DELETE": 3 + 3 + 2}[operation]


WRITES_AGAIN = {
    "the same row": "UPDATE shop_certificate SET shares = shares + 1 WHERE id = NEW.id;",
    "another tracked table": "INSERT INTO shop_watch (certificate_id, company_id)"
    " VALUES (NEW.id, NEW.company_id);",
    "both": "INSERT INTO shop_watch (certificate_id, company_id) VALUES (NEW.id, NEW.company_id);"
    "UPDATE shop_certificate SET shares = shares + 1 WHERE id = NEW.id;"
    "UPDATE shop_watch SET since = '2026-01-01' WHERE certificate_id = NEW.id;",
}


@pytest.mark.django_db
@pytest.mark.parametrize("body", WRITES_AGAIN.values(), ids=WRITES_AGAIN)
@pytest.mark.parametrize("rows", [1, 600])
def test_what_a_row_trigger_writes_in_addition_is_told_in_the_order_it_happened(told, body, rows):
    """PostgreSQL fires the inner statement's triggers first; the relay puts that right."""
    on(
        "shop_certificate",
        "AFTER INSERT OR UPDATE",
        f"IF pg_trigger_depth() = 1 THEN {body} END IF; RETURN NULL;",
    )
    company = Company.objects.create(name="Acme")
    Certificate.objects.bulk_create(
        Certificate(company=company, holder=str(i)) for i in range(rows)
    )
    Certificate.objects.update(notes="x")
    execute("UPDATE shop_certificate SET holder_name = holder_name || '!'")

    assert rebuilt(told()) == stored("shop.Company", "shop.Certificate", "shop.Watch")


@pytest.mark.django_db(transaction=True)
def test_what_a_deferred_trigger_writes_is_told_after_what_fired_it(told):
    """It runs at COMMIT, when all statements of the transaction are over."""
    execute(
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE shop_company SET name = name || '!' WHERE id = NEW.id; RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON shop_company"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()"
    )
    try:
        with transaction.atomic():
            company = Company.objects.create(name="Acme")
            Company.objects.filter(pk=company.pk).update(name="Bolt")
        events = told()
        now = stored("shop.Company")
    finally:
        execute("DROP TRIGGER late ON shop_company; DROP FUNCTION late()")

    assert [event.type for event in events] == ["model.created", "model.updated", "model.updated"]
    assert rebuilt(events) == now
    assert [row["name"] for row in now.values()] == ["Bolt!"]


@pytest.mark.django_db
def test_the_databases_set_null_and_cascade_on_one_row_are_told_in_order(told):
    """Deleting a company empties one key of a row, and deletes the row by way of the other."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, column, target, rule in (
        ("shop_certificate", "company_id", "shop_company", "CASCADE"),
        ("shop_certificate", "replaced_by_id", "shop_certificate", "SET NULL"),
        ("shop_watch", "certificate_id", "shop_certificate", "CASCADE"),
        ("shop_watch", "company_id", "shop_company", "SET NULL"),
    ):
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
        [name] = [n for n, c in found.items() if c["foreign_key"] and c["columns"] == [column]]
        execute(
            f"ALTER TABLE {table} ALTER {column} DROP NOT NULL, DROP CONSTRAINT {name},"
            f" ADD FOREIGN KEY ({column}) REFERENCES {target} ON DELETE {rule}"
        )
    gone, kept = Company.objects.bulk_create([Company(name="Acme"), Company(name="Bolt")])
    first = Certificate.objects.create(company=gone, holder="a")
    second = Certificate.objects.create(company=gone, holder="b", replaced_by=first)
    third = Certificate.objects.create(company=kept, holder="c", replaced_by=second)
    for certificate in (first, second, third):
        Watch.objects.create(certificate=certificate, company=gone)

    execute(HARD + "DELETE FROM shop_company WHERE id = %s", gone.pk)

    now = stored("shop.Company", "shop.Certificate", "shop.Watch")
    assert len(now) == 3
    assert now[f"shop.Certificate/{third.pk}"]["replaced_by"] is None
    assert rebuilt(told()) == now
