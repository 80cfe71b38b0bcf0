"""Other roles, replayed rows, rollbacks: whose session it is makes no difference."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from tests.django_base.robustness.past import HARD, rebuilt


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def intruder(raw, django_db_setup):
    """A role that may write one table and own objects of its own, and nothing else."""
    raw.execute("CREATE ROLE intruder LOGIN PASSWORD 'x'")
    raw.execute("GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON shop_document TO intruder")
    raw.execute("GRANT USAGE ON SEQUENCE shop_document_id_seq TO intruder")
    raw.execute("CREATE SCHEMA evil AUTHORIZATION intruder")
    with psycopg.connect(raw.info.dsn, password="x", user="intruder", autocommit=True) as made:
        yield made
    raw.execute("DROP OWNED BY intruder")
    raw.execute("DROP ROLE intruder")


HIDING = [
    "CREATE TEMP TABLE backstory_outbox (LIKE public.backstory_outbox)",
    "SET search_path = evil, pg_catalog, public",
    "CREATE FUNCTION evil.json_agg(anyelement) RETURNS json LANGUAGE sql"
    " AS $$ SELECT '[]'::json $$",
    "CREATE FUNCTION evil.lie(int, int) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$",
    "CREATE OPERATOR evil.= (FUNCTION = evil.lie, LEFTARG = int, RIGHTARG = int)",
    "CREATE OPERATOR evil.< (FUNCTION = evil.lie, LEFTARG = int, RIGHTARG = int)",
    "CREATE DOMAIN evil.json AS int",
    "CREATE DOMAIN evil.text AS int",
    "CREATE DOMAIN evil.refcursor AS int",
]


@pytest.mark.django_db(transaction=True)
def test_no_role_can_hide_its_writes(told, intruder):
    """Not with a temporary table, not with a search path, not with operators of its own."""
    for statement in HIDING:
        try:
            intruder.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            intruder.execute("CREATE TEMP TABLE backstory_outbox (kind text, name text)")
    intruder.execute("INSERT INTO public.shop_document (title, scan) VALUES ('a', '')")
    intruder.execute("UPDATE public.shop_document SET title = 'b'")
    intruder.execute(HARD + "DELETE FROM public.shop_document")
    for refused in (
        "INSERT INTO public.backstory_outbox (kind, name) VALUES ('insert', 'shop.Company')",
        "SELECT public.backstory_write_rows('insert', 'shop.Company', NULL, NULL, NULL)",
        "ALTER TABLE public.shop_document DISABLE TRIGGER backstory_insert",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            intruder.execute(refused)
    intruder.close()

    events = told()
    assert [event.type for event in events] == ["model.created", "model.updated", "model.deleted"]
    assert rebuilt(events) == {}
    for event in events:
        assert event.context.database is not None
        assert (event.context.origin, event.context.database.role) == ("outside", "intruder")


@pytest.mark.django_db(transaction=True)
def test_no_role_has_its_code_run_by_our_functions(raw, intruder):
    """They run with their owner's rights, and so would a cast to json of the role's own."""
    (functions,) = raw.execute(
        "SELECT array_agg(oid::regprocedure::text) FROM pg_proc"
        " WHERE proname LIKE 'backstory%' AND prosecdef"
    ).fetchone()
    of_tables = [name for name in functions if name.startswith("backstory_live_")]
    assert len(functions) - len(of_tables) == 8
    assert of_tables
    intruder.execute("CREATE TABLE evil.own (v int)")
    for function in functions:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            intruder.execute(
                "CREATE TRIGGER own AFTER INSERT ON evil.own FOR EACH STATEMENT"
                f" EXECUTE FUNCTION public.{function[:-2]}('x')"
            )


@pytest.mark.django_db(transaction=True)
def test_replayed_rows_are_captured(captured, raw):
    """pg_restore and replication tools switch ordinary triggers off; ours are ENABLE ALWAYS."""
    raw.execute("SET session_replication_role = replica")
    raw.execute("INSERT INTO shop_company (name) VALUES ('restored')")

    assert [row.new[0]["name"] for row in captured()] == ["restored"]


@pytest.mark.django_db(transaction=True)
def test_what_rolls_back_never_was(captured):
    """An outbox row shares the fate of its statement, and a savepoint's, too."""
    execute("BEGIN; INSERT INTO shop_company (name) VALUES ('a'); ROLLBACK")
    execute(
        "BEGIN; INSERT INTO shop_company (name) VALUES ('b'); SAVEPOINT s;"
        "INSERT INTO shop_company (name) VALUES ('c'); ROLLBACK TO s; COMMIT"
    )

    assert [row.new[0]["name"] for row in captured()] == ["b"]


@pytest.mark.django_db(transaction=True)
def test_capture_gives_no_subtransaction_a_number(captured, raw):
    """More than 64 numbered subtransactions slow every snapshot of the server down."""
    with raw.transaction():
        raw.execute("INSERT INTO shop_company (name) VALUES ('a')")
        for i in range(10):
            raw.execute("INSERT INTO shop_company (name) VALUES (%s)", [str(i)])
        raw.execute("UPDATE shop_company SET name = name || 'x'")
        numbers = raw.execute("SELECT count(DISTINCT xmin::text) FROM shop_company").fetchone()
        outbox = raw.execute(
            "SELECT count(DISTINCT xmin::text) FROM backstory_outbox"
            " WHERE xid = pg_current_xact_id()"
        ).fetchone()

    assert (numbers, outbox) == ((1,), (1,))


@pytest.mark.django_db(transaction=True)
def test_installing_again_after_the_tests_changes_nothing(capsys):
    """The cheap way to see that no test left a trigger behind that is not as it should be."""
    call_command("backstory_install", database="default")

    assert " 0 changed" in capsys.readouterr().out
