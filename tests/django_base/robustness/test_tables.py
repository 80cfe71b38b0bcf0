"""Partitions, unlogged tables, row security, little memory: tables that are not plain."""

import pytest
from shop.models import Company, Document, Reading

from django_base.capture.database_checks import check_databases
from tests.django_base.robustness.past import HARD, execute, rebuilt, stored


@pytest.mark.django_db
def test_direct_writes_to_partitions_are_told(told):
    """Statements on a partition fire no statement trigger of the root: it has its own."""
    execute("INSERT INTO shop_reading_south (region, value, id) VALUES ('south', 1, 7000)")
    execute(
        "INSERT INTO shop_reading_north (id, region, value) SELECT i, 'north', i"
        " FROM generate_series(1, 700) i"
    )
    execute("UPDATE shop_reading_north SET value = value + 1")
    execute("UPDATE shop_reading_south SET value = 9")
    execute("DELETE FROM shop_reading_north WHERE id > 600")

    events = told()

    assert len(events) == 1 + 700 + 700 + 1 + 100
    assert rebuilt(events) == stored("shop.Reading")


@pytest.mark.django_db
def test_a_row_that_moves_between_partitions_is_one_changed_row(told):
    """PostgreSQL deletes it here and inserts it there; to the application it is the same row."""
    Reading.objects.bulk_create(Reading(id=i, region="north", value=i) for i in range(700))
    told_of = told()
    Reading.objects.filter(id__gte=100).update(region="south")

    moved = told()

    assert {event.type for event in moved} == {"model.updated"}
    assert len(moved) == 600
    assert rebuilt(told_of + moved) == stored("shop.Reading")


@pytest.mark.django_db
def test_a_partition_made_later_is_captured_through_its_root_and_told_of_by_a_check(told):
    """Who writes to it directly is not seen before backstory_install has run."""
    execute("CREATE TABLE shop_reading_west PARTITION OF shop_reading FOR VALUES IN ('west')")
    Reading.objects.create(id=1, region="west")
    Reading.objects.update(value=5)

    assert rebuilt(told()) == stored("shop.Reading")
    found = check_databases(databases=["default"])
    assert [each.id for each in found if "shop_reading_west" in each.msg] == ["backstory.W003"] * 4


@pytest.mark.django_db
def test_unlogged_tables_are_captured(told):
    """The outbox is logged: what is told of the table outlives it."""
    execute("ALTER TABLE shop_document SET UNLOGGED")
    Document.objects.bulk_create(Document(title=str(i)) for i in range(600))
    Document.objects.filter(title__startswith="1").delete()
    Document.objects.update(title="x")

    assert rebuilt(told()) == stored("shop.Document")


@pytest.mark.django_db
def test_little_work_mem_mispairs_no_row(told):
    """Where images spill to the disk, their order must not depend on how they are read."""
    execute("SET LOCAL work_mem = '64kB'")
    execute("INSERT INTO shop_company (name) SELECT i FROM generate_series(1, 20000) i")
    execute(
        "UPDATE shop_company SET name = name || '!' WHERE ctid IN (SELECT ctid FROM"
        " shop_company ORDER BY md5(name))"
    )

    events = told()

    assert len(events) == 40_000
    assert rebuilt(events) == stored("shop.Company")


@pytest.mark.django_db
@pytest.mark.parametrize("force", ["NO FORCE", "FORCE"])
def test_row_security_hides_no_change(told, force):
    """A role that sees some rows, and triggers whose owner is bound by the policy, too."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(
        "CREATE ROLE landlord; CREATE ROLE tenant;"
        "GRANT CREATE, USAGE ON SCHEMA public TO landlord;"
        "ALTER TABLE shop_document OWNER TO landlord;"
        "ALTER TABLE backstory_outbox OWNER TO landlord;"
        "ALTER TABLE backstory_model OWNER TO landlord;"
        "ALTER SEQUENCE backstory_outbox_seq OWNER TO landlord;"
        "ALTER SEQUENCE backstory_outbox_slot OWNER TO landlord;"
        "GRANT ALL ON shop_document TO tenant;"
        "GRANT USAGE ON SEQUENCE shop_document_id_seq TO tenant;"
        "ALTER TABLE shop_document ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE shop_document {force} ROW LEVEL SECURITY;"
        "CREATE POLICY theirs ON shop_document TO tenant"
        " USING (title LIKE 'mine%') WITH CHECK (true)"
    )
    for function in execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'backstory%'"
    ):
        execute(f"ALTER FUNCTION {function[0]} OWNER TO landlord")
    execute("INSERT INTO shop_document (title, scan) VALUES ('not yours', '')")

    execute("SET LOCAL ROLE tenant")
    execute(
        "INSERT INTO shop_document (title, scan) VALUES ('mine', ''), ('mine 2', ''), ('x', '')"
    )
    execute("UPDATE shop_document SET title = 'mine, too' WHERE title = 'mine'")
    execute("UPDATE shop_document SET title = title || '!'")
    execute(HARD + "DELETE FROM shop_document")
    execute("RESET ROLE")

    events = told()
    assert [event.type.partition(".")[2] for event in events] == [
        *("created", "created", "created", "created", "updated"),
        *("updated", "updated", "deleted", "deleted"),
    ]
    assert rebuilt(events) == stored("shop.Document")
    assert sorted(row["title"] for row in stored("shop.Document").values()) == [*("not yours", "x")]


def test_the_outbox_itself_has_no_row_security(db):
    """It would hide rows from the relay without an error."""
    assert (
        execute("SELECT relname FROM pg_class WHERE relname LIKE 'backstory%' AND relrowsecurity")
        == []
    )


@pytest.mark.django_db
def test_a_rule_that_turns_deletes_into_updates_is_told_as_what_happened(told):
    """Rules rewrite statements before triggers see them."""
    execute(
        "CREATE RULE keep AS ON DELETE TO shop_company DO INSTEAD"
        " UPDATE shop_company SET name = 'deleted ' || OLD.id WHERE id = OLD.id"
    )
    company = Company.objects.create(name="Acme")
    execute(HARD + "DELETE FROM shop_company")

    events = told()

    assert [event.type for event in events] == ["model.created", "model.updated"]
    assert rebuilt(events)[f"shop.Company/{company.pk}"]["name"].startswith("deleted")
