"""What the database refuses, whoever asks: every test goes past the models, as psql would."""

from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, migrations, transaction
from django.db.migrations.state import ModelState, ProjectState
from registry.models import Access, Broker, Certificate, Company, Deal, Investor, Memo, Person

from django_base.capture.database_checks import check_databases
from django_base.capture.install import announce_before_migrate, install
from django_base.deletion.marking import deleting
from infra.doctor.capture import check_capture

DELETION = UUID("0199b2d4-0000-7000-8000-000000000001")
MARK = f"/*deletion='{DELETION}'*/ "
HARD = f"/*reason='court order',hard_deletion='{DELETION}'*/ "
VOID_COMPANY = f"UPDATE registry_company SET void_id = '{DELETION}' WHERE id = %s"
INSERT_PERSON = "INSERT INTO registry_person (name, age, employer_id) VALUES ('a', 1, %s)"

pytestmark = pytest.mark.django_db


def sql(statement, *params):
    """Run a statement as it is; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.rowcount


def refused(sqlstate, statement, *params):
    """Run a statement that must be refused; return what the database says."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        sql(statement, *params)
    assert caught.value.__cause__.sqlstate == sqlstate
    return str(caught.value)


@pytest.fixture
def company(db):
    return Company.objects.create(name="Acme")


@pytest.fixture
def void_company(company):
    sql(MARK + VOID_COMPANY, company.pk)
    return company


def test_physical_delete_is_refused_with_the_way_out(company):
    """The message names table and key: it may be read in a log, weeks later."""
    said = refused("23R02", "DELETE FROM registry_company WHERE id = %s", company.pk)

    assert "registry.Company" in said
    assert f"registry_company, key {company.pk}" in said
    assert "hard_delete()" in said


@pytest.mark.parametrize("comment", ["/*reason='x'*/", MARK, "/*hard_deletion='x'*/", "/* */"])
def test_physical_delete_needs_the_mark_of_a_hard_deletion(company, comment):
    """Voiding marks its statements too; that is no leave to remove."""
    refused("23R02", comment + "DELETE FROM registry_company WHERE id = %s", company.pk)
    trailing = (
        "DELETE FROM registry_company WHERE id = %s /*hard_deletion='" + str(DELETION) + "'*/"
    )
    refused("23R02", trailing, company.pk)

    assert sql(HARD + "DELETE FROM registry_company WHERE id = %s", company.pk) == 1


def test_delete_of_nothing_passes():
    """A cascade of the database's, or a script run twice, touches no row."""
    assert sql("DELETE FROM registry_company WHERE id = -1") == 0


def test_other_ways_to_remove_rows_are_refused(company):
    """A WITH query, MERGE, a function and executemany are statements like any other."""
    pk = company.pk
    refused("23R02", f"WITH x AS (DELETE FROM registry_company WHERE id = {pk}) SELECT 1")
    refused("23R02", f"DO $$ BEGIN DELETE FROM registry_company WHERE id = {pk}; END $$")
    if connection.pg_version >= 150000:
        refused(
            "23R02",
            "MERGE INTO registry_company c USING (VALUES (1)) v (x) ON c.id = "
            + str(pk)
            + " WHEN MATCHED THEN DELETE",
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("DELETE FROM registry_company WHERE id = %s", [(pk,)])


def test_rows_of_multi_table_children_are_guarded():
    """The flag is in the parent's table; half a row is no row."""
    investor = Investor.objects.create(name="Ann", fund="A")

    refused("23R02", "DELETE FROM registry_investor WHERE person_ptr_id = %s", investor.pk)


def test_tables_that_opted_out_are_as_in_django(company):
    """Logs and join tables lose rows as ever."""
    certificate = Certificate.objects.create(company=company)
    Access.objects.create(certificate=certificate)

    assert sql("DELETE FROM registry_access") == 1


def test_cascade_of_the_database_is_refused(company):
    """ON DELETE CASCADE put on by hand would take rows that nobody voided."""
    Person.objects.create(name="Ann", employer=company)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("CREATE TABLE folder (id int PRIMARY KEY)")
    sql("INSERT INTO folder VALUES (1)")
    column = "folder_id int DEFAULT 1 REFERENCES folder ON DELETE CASCADE"
    sql(f"ALTER TABLE registry_person ADD {column}")
    said = refused("23R02", "DELETE FROM folder")

    assert "registry_person" in said


def test_flag_changes_in_a_deletion_only(company):
    """Neither a script nor bulk_update voids a row by accident, or brings it back."""
    said = refused("23R03", VOID_COMPANY, company.pk)
    assert f"registry_company, key {company.pk}" in said

    assert sql(MARK + VOID_COMPANY, company.pk) == 1
    refused("23R03", "UPDATE registry_company SET void_id = NULL WHERE id = %s", company.pk)
    refused("23R03", HARD + "UPDATE registry_company SET void_id = NULL")
    assert sql(MARK + "UPDATE registry_company SET void_id = NULL WHERE id = %s", company.pk) == 1


def test_flag_that_is_named_and_stays_may_be_written(company):
    """As a historical model's save() does, which writes all of its columns."""
    assert sql("UPDATE registry_company SET void_id = NULL, name = 'b'") == 1


def test_mark_of_one_statement_is_not_that_of_the_next(company):
    """Within one transaction, and with thousands of rows looked at once."""
    other = Company.objects.create(name="Other")
    sql(MARK + VOID_COMPANY, company.pk)

    refused("23R03", VOID_COMPANY, other.pk)


def test_child_of_a_void_parent_is_refused(void_company, company):
    """As a foreign key refuses it once the parent is gone."""
    said = refused("23R04", INSERT_PERSON, void_company.pk)
    assert "employer_id of registry.Person refers to a row of registry.Company" in said

    person = Person.objects.create(name="Ann")
    refused("23R04", "UPDATE registry_person SET employer_id = %s", void_company.pk)
    assert sql("UPDATE registry_person SET name = 'b' WHERE id = %s", person.pk) == 1


def test_reference_that_was_there_before_does_not_stop_other_changes(company):
    """An exception to the cascade leaves live rows with void parents: they can still be written."""
    certificate = Certificate.objects.create(company=company, agent=Broker.objects.create(name="b"))
    memo = Memo.objects.create(certificate=certificate)
    sql(MARK + f"UPDATE registry_broker SET void_id = '{DELETION}'")
    sql(MARK + f"UPDATE registry_certificate SET void_id = '{DELETION}'")
    sql(MARK + "UPDATE registry_certificate SET void_id = NULL")

    assert sql("UPDATE registry_certificate SET shares = 5, keeper_id = NULL") == 1
    memo.text = "kept"
    memo.save()


def test_reference_declared_to_keep_void_rows_may_be_made(company):
    """keep_when_void says that the row may be void."""
    certificate = Certificate.objects.create(company=company)
    sql(MARK + f"UPDATE registry_certificate SET void_id = '{DELETION}'")

    Memo.objects.create(certificate_id=certificate.pk)


def test_reference_to_a_table_whose_parent_has_the_flag(company):
    """The flag is looked for where it is."""
    investor = Investor.objects.create(name="Ann", fund="A")
    sql(MARK + f"UPDATE registry_person SET void_id = '{DELETION}' WHERE id = %s", investor.pk)

    with pytest.raises(IntegrityError, match="investor_id"), transaction.atomic():
        Deal.objects.create(investor_id=investor.pk)


def test_row_is_not_restored_under_a_void_parent(company):
    """Two restores that race: the child's waits for the parent's, or is refused."""
    person = Person.objects.create(name="Ann", employer=company)
    sql(MARK + f"UPDATE registry_person SET void_id = '{DELETION}'")
    sql(MARK + VOID_COMPANY, company.pk)
    restore = MARK + "UPDATE registry_person SET void_id = NULL WHERE id = %s"

    refused("23R04", restore, person.pk)
    sql(MARK + "UPDATE registry_company SET void_id = NULL")
    assert sql(restore, person.pk) == 1


def test_row_that_is_void_itself_may_refer_to_a_void_one(void_company):
    """Rows are loaded from a dump as they were."""
    statement = (
        "INSERT INTO registry_person (name, age, employer_id, void_id) VALUES ('a', 1, %s, %s)"
    )

    assert sql(statement, void_company.pk, DELETION) == 1


def test_missing_parent_is_for_the_foreign_key_to_tell():
    """Its check is deferred, as Django's are; a parent may come later in the transaction."""
    with transaction.atomic():
        sql("INSERT INTO registry_person (name, age, employer_id) VALUES ('a', 1, 987654)")
        sql("INSERT INTO registry_company (id, name) VALUES (987654, 'late')")


def test_historical_models_keep_the_guard(company):
    """A data migration that deletes is refused; one that saves is not."""
    state = ProjectState()
    state.add_model(ModelState.from_model(apps.get_model("registry", "Broker")))
    state.apps.get_model("registry", "Broker").objects.create(name="old")

    def rename(apps, schema_editor):
        for broker in apps.get_model("registry", "Broker").objects.all():
            broker.name = "new"
            broker.save()

    def delete(apps, schema_editor):
        apps.get_model("registry", "Broker").objects.all().delete()

    with connection.schema_editor(atomic=False) as editor:
        migrations.RunPython(rename).database_forwards("registry", editor, state, state)
        with pytest.raises(IntegrityError, match="not physically deleted"), transaction.atomic():
            migrations.RunPython(delete).database_forwards("registry", editor, state, state)
        with deleting(DELETION, hard=True):
            migrations.RunPython(delete).database_forwards("registry", editor, state, state)
    assert not Broker._base_manager.exists()


@pytest.mark.django_db(transaction=True)
def test_session_of_another_program_is_refused(raw):
    """psql, a cron job, another service: no Django, one statement in each transaction."""
    raw.execute("INSERT INTO registry_company (name) VALUES ('Acme')")

    with pytest.raises(psycopg.errors.IntegrityError):
        raw.execute("DELETE FROM registry_company")
    with pytest.raises(psycopg.errors.IntegrityError):
        raw.execute(f"UPDATE registry_company SET void_id = '{DELETION}'")
    raw.execute(f"PREPARE gone AS {HARD} DELETE FROM registry_company")
    with pytest.raises(psycopg.errors.IntegrityError):
        raw.execute("EXECUTE gone")
    raw.execute("SET session_replication_role = replica")
    with pytest.raises(psycopg.errors.IntegrityError):
        raw.execute("DELETE FROM registry_company")
    assert raw.execute(HARD + "DELETE FROM registry_company").rowcount == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", ["child first", "parent first"])
def test_child_and_voiding_of_its_parent_wait_for_each_other(raw, order):
    """Whoever comes second sees what the first one did: no live child under a void parent."""
    company = Company.objects.create(name="Acme")
    lock = "SELECT id FROM registry_company WHERE id = %s AND void_id IS NULL FOR UPDATE NOWAIT"
    if order == "child first":
        with transaction.atomic():
            sql(INSERT_PERSON, company.pk)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                raw.execute(lock, [company.pk])
        assert raw.execute(lock, [company.pk]).fetchone() == (company.pk,)
        assert Person.objects.filter(employer=company).exists()
        return
    with raw.transaction():
        raw.execute(lock, [company.pk])
        raw.execute(MARK + VOID_COMPANY, [company.pk])
        sql("SET lock_timeout = '1ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            sql(INSERT_PERSON, company.pk)
        sql("RESET lock_timeout")
    refused("23R04", INSERT_PERSON, company.pk)


@pytest.mark.django_db(transaction=True)
def test_tables_are_emptied_between_tests():
    """TransactionTestCase does it by TRUNCATE, which is left alone."""
    Company.objects.create(name="Acme")

    call_command("flush", interactive=False, verbosity=0)

    assert not Company._base_manager.exists()


def test_table_of_another_schema_and_its_partitions_are_guarded(company):
    """Each partition as the whole, rows that move, and partitions that come later."""
    sql("CREATE SCHEMA vaulted")
    sql("ALTER TABLE registry_memo RENAME TO memo_before")
    sql(
        "CREATE TABLE registry_memo (id bigint, certificate_id bigint NOT NULL, text text,"
        " void_id uuid, PRIMARY KEY (id, text)) PARTITION BY LIST (text);"
        "CREATE TABLE vaulted.a PARTITION OF registry_memo FOR VALUES IN ('a')"
    )
    install("default")
    sql("CREATE TABLE vaulted.b PARTITION OF registry_memo FOR VALUES IN ('b')")
    sql("INSERT INTO registry_memo VALUES (1, 1, 'a')")

    refused("23R02", "DELETE FROM registry_memo")
    refused("23R02", "DELETE FROM vaulted.a")
    void = f"UPDATE {{}} SET void_id = '{DELETION}'"
    refused("23R03", void.format("registry_memo"))
    refused("23R03", void.format("vaulted.a"))
    assert sql("UPDATE registry_memo SET text = 'b'") == 1
    refused("23R03", void.format("vaulted.b"))
    assert install("default").changed == ("vaulted.b",)
    refused("23R02", "DELETE FROM vaulted.b")
    assert sql(MARK + void.format("registry_memo")) == 1
    assert install("default").changed == ()


@pytest.mark.parametrize(
    ("damage", "number"),
    [
        ("DROP TRIGGER backstory_guard_delete ON registry_company", "W003"),
        ("ALTER TABLE registry_person DISABLE TRIGGER backstory_live_insert", "W004"),
        (
            "CREATE OR REPLACE TRIGGER backstory_guard_update AFTER UPDATE ON registry_company"
            " FOR EACH ROW EXECUTE FUNCTION backstory_guard_update('x');"
            "ALTER TABLE registry_company ENABLE ALWAYS TRIGGER backstory_guard_update",
            "W005",
        ),
        (
            "DO $$ BEGIN EXECUTE (SELECT 'ALTER FUNCTION ' || tgfoid::regprocedure ||"
            " ' SECURITY INVOKER' FROM pg_trigger WHERE tgname = 'backstory_live_insert'"
            " AND tgrelid = 'registry_person'::regclass); END $$",
            "W002",
        ),
    ],
)
def test_damaged_guard_is_told_and_mended(damage, number):
    """By the system checks and by the doctor, who needs no Django."""

    def ids():
        return {each.id for each in check_databases(databases=["default"])} - {"backstory.W006"}

    healthy = list(check_capture(connection.connection, "public"))
    assert ids() == set()
    sql(damage)

    assert ids() == {f"backstory.{number}"}
    assert len(list(check_capture(connection.connection, "public"))) == len(healthy) + 1
    install("default")
    assert ids() == set()
    assert list(check_capture(connection.connection, "public")) == healthy


def test_column_may_be_renamed_and_written_in_one_migration(company):
    """What names columns is off while their app migrates, and back afterwards."""

    class Step:
        app_label = "registry"

    sql("SET CONSTRAINTS ALL IMMEDIATE")
    announce_before_migrate(using="default", plan=[(Step, False)])
    sql("ALTER TABLE registry_person RENAME employer_id TO boss_id")
    sql("INSERT INTO registry_person (name, age, boss_id) VALUES ('a', 1, %s)", company.pk)
    sql("ALTER TABLE registry_person RENAME boss_id TO employer_id")
    refused("23R02", "DELETE FROM registry_person")

    install("default")
    sql(MARK + VOID_COMPANY, company.pk)
    refused("23R04", INSERT_PERSON, company.pk)
