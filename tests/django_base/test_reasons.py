"""Where a model demands a reason, a write without one is refused, whatever its way."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from shop.models import Company, Grant, Permit, Vesting

from django_base import ReasonRequired, action, bind_context
from django_base.capture.database_checks import check_databases
from django_base.deletion.hard import hard_deletion
from infra.doctor.capture import check_capture
from schemas import context_from_comment

pytestmark = pytest.mark.django_db


def raw_sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def remove_by(statement):
    with hard_deletion():
        raw_sql(statement)


WRITES = {
    "save": lambda grant: grant.save(),
    "create": lambda grant: Grant.objects.create(holder="Bob"),
    "bulk_create": lambda grant: Grant.objects.bulk_create([Grant(holder="Bob")] * 2),
    "update": lambda grant: Grant.objects.update(holder="Bob"),
    "delete": lambda grant: grant.delete(),
    "many_to_many": lambda grant: grant.witnesses.add(Company.objects.create(name="a")),
    "raw": lambda grant: raw_sql("/* why='this' */ UPDATE shop_grant SET holder = 'Bob'"),
    "blank": lambda grant: raw_sql("/*reason='%20 '*/ UPDATE shop_grant SET holder = 'Bob'"),
    "other_key": lambda grant: raw_sql("/*no_reason='x'*/ UPDATE shop_grant SET holder = 'Bob'"),
    "late": lambda grant: raw_sql("UPDATE shop_grant SET holder = 'Bob' /*reason='x'*/"),
    "merge": lambda grant: remove_by(
        "MERGE INTO shop_grant g USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE"
        if connection.pg_version >= 150_000
        else "DELETE FROM shop_grant g USING (SELECT 1) s"
    ),
    "tracked": lambda grant: Permit.objects.create(name="a"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_no_way_to_write_without_a_reason(write):
    """The database refuses it, so no way round the ORM helps; the error says which model it was."""
    with bind_context(reason="hired"):
        grant = Grant.objects.create(holder="Ann")

    with pytest.raises(ReasonRequired) as caught, transaction.atomic(), bind_context(actor="7"):
        write(grant)

    assert caught.value.model in ("shop.Grant", "shop.Grant_witnesses", "shop.Permit")
    assert caught.value.fields == ()
    with bind_context(reason="hired"):
        write(Grant.objects.get(holder="Ann"))


def test_writes_that_touch_nothing_need_none():
    """Django tries an UPDATE before some an INSERT, and deletes what is not there."""
    Grant.objects.filter(holder="nobody").update(holder="Bob")
    Grant.objects.filter(holder="nobody").delete()
    Grant.objects.bulk_create([])

    assert not Grant.objects.exists()


@pytest.fixture
def vesting():
    return Vesting.objects.create(code="v", state="open", terms={"cliff": 1})


CHANGES = {
    "save": lambda vesting: Vesting(code="v", state="shut", terms={"cliff": 1}).save(),
    "update": lambda vesting: Vesting.objects.update(state="shut"),
    "upsert": lambda vesting: Vesting.objects.bulk_create(
        [Vesting(code="v", state="shut")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["state"],
    ),
    "raw": lambda vesting: raw_sql('UPDATE shop_vesting SET "state of it" = code'),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_field_may_demand_it_alone(vesting, change):
    """The error names it."""
    with pytest.raises(ReasonRequired) as caught, transaction.atomic():
        change(vesting)

    assert (caught.value.model, caught.value.fields) == ("shop.Vesting", ("state",))
    assert "'state'" in str(caught.value)
    with action("vesting.close", reason="50% 'off' */"):
        change(vesting)


def test_other_fields_need_none(vesting):
    """Nor does a write of the same value, an insert or a delete."""
    vesting.notes = "x"
    vesting.save()
    Vesting.objects.update(state="open", notes="y")
    with pytest.raises(ReasonRequired) as caught, transaction.atomic():
        Vesting.objects.update(terms={"cliff": 2}, state="shut")
    assert caught.value.fields == ("state", "terms")
    with pytest.raises(ReasonRequired), transaction.atomic():
        vesting.approvers.add(Company.objects.create(name="a"))
    vesting.delete()


@pytest.mark.django_db(transaction=True)
def test_copy_truncate_and_psql_need_it_too(raw):
    """PostgreSQL's own message says what to do."""
    for statement in (
        "COPY shop_grant (holder) FROM PROGRAM 'echo Ann'",
        "TRUNCATE shop_grant CASCADE",
        "INSERT INTO shop_grant (holder) VALUES ('Ann')",
    ):
        with pytest.raises(psycopg.IntegrityError, match=r"Grant.* needs a reason") as caught:
            raw.execute(statement)
        assert caught.value.sqlstate == "23R01"
        assert "/*reason='why'*/" in caught.value.diag.message_hint
        raw.execute(f"/*reason='why'*/ {statement}")


@pytest.mark.django_db(transaction=True)
def test_a_deferred_trigger_has_the_reason_of_its_transaction(raw):
    """It writes at COMMIT, which nobody can put a comment in front of."""
    raw.execute(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO shop_grant (holder) VALUES (NEW.name); RETURN NULL; END $$"
    )
    raw.execute(
        "CREATE CONSTRAINT TRIGGER later AFTER INSERT ON shop_company DEFERRABLE"
        " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION later()"
    )
    try:
        with transaction.atomic(), bind_context(reason="why"):
            Company.objects.create(name="a")
        with pytest.raises(IntegrityError, match="needs a reason"), transaction.atomic():
            Company.objects.create(name="b")
    finally:
        raw.execute("DROP TRIGGER later ON shop_company; DROP FUNCTION later")

    assert [grant.holder for grant in Grant.objects.all()] == ["a"]


def test_a_refused_write_leaves_nothing(captured):
    """Neither row nor event; and get_or_create does not take it for a race that was lost."""
    with pytest.raises(ReasonRequired):
        Grant.objects.get_or_create(holder="Ann")

    assert captured() == []


@pytest.mark.django_db(transaction=True)
def test_django_may_empty_tables_between_tests(captured):
    """Or a project with such a model could have no TransactionTestCase."""
    call_command("flush", interactive=False, verbosity=0)

    reasons = {context_from_comment(row.context or "").reason for row in captured()}
    assert "emptied between two tests" in reasons


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "fault", "number"),
    [
        ("DROP TRIGGER backstory_reason_update ON shop_vesting", "missing", "W003"),
        ("ALTER TABLE shop_vesting DISABLE TRIGGER backstory_reason_update", "disabled", "W004"),
        (
            "CREATE OR REPLACE TRIGGER backstory_reason_update AFTER UPDATE ON shop_vesting"
            " FOR EACH STATEMENT EXECUTE FUNCTION backstory_demand_reason('shop.Vesting');"
            " ALTER TABLE shop_vesting ENABLE ALWAYS TRIGGER backstory_reason_update",
            "altered",
            "W005",
        ),
    ],
)
def test_a_demand_that_was_taken_off_is_found(raw, statement, fault, number):
    """By the check and by the doctor, who tell it from a trigger that captures."""
    assert list(check_capture(raw, "public")) == []
    raw.execute(statement)
    try:
        [checked] = [each for each in check_databases(databases=["default"]) if each.obj is Vesting]
        [examined] = check_capture(raw, "public")
    finally:
        call_command("backstory_install", verbosity=0)

    assert checked.id == f"backstory.{number}"
    assert "writes need no reason" in checked.msg
    assert "the trigger that demands reasons for UPDATE on table 'shop_vesting'" in examined.problem
    assert fault in examined.problem
