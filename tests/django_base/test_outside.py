"""Changes that do not come from Django, as psql and scripts make them, told to the last field."""

import os
import subprocess

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool
from shop.models import Company

from django_base import bind_context, with_context
from infra.embedded.postgres_server import postgres_programs
from schemas import Actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(raw):
    """A database user of its own, whom nobody has said to believe."""
    raw.execute("CREATE ROLE operator LOGIN PASSWORD 'x'")
    raw.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON shop_company TO operator")
    raw.execute("GRANT USAGE ON SEQUENCE shop_company_id_seq TO operator")
    yield "operator"
    raw.execute("DROP OWNED BY operator")
    raw.execute("DROP ROLE operator")


@pytest.fixture
def psql(raw):
    """Runs a script in psql, as a database user."""

    def run(script: str, user: str | None = None) -> None:
        described = connection.settings_dict
        environment = {
            **os.environ,
            "PGHOST": str(described["HOST"]),
            "PGPORT": str(described["PORT"]),
            "PGUSER": user or described["USER"],
            "PGPASSWORD": "x" if user else described["PASSWORD"],
            "PGDATABASE": described["NAME"],
        }
        command = [postgres_programs() / "psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        done = subprocess.run(
            command, input=script, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    return run


MAINTENANCE = r"""
\set why '/*actor=''ann'',reason=''ticket 4711: Bob%27s name''*/'
BEGIN;
:why INSERT INTO shop_company (name) VALUES ('inserted');
:why UPDATE shop_company SET name = 'updated';
:why COPY shop_company (name) FROM STDIN;
copied
\.
COMMIT;
"""


def test_without_a_comment_it_is_an_outside_change(psql, operator, captured_events):
    """Nobody is made up; what the database knows of the session is told."""
    psql("INSERT INTO shop_company (name) VALUES ('a')", operator)

    (event,) = captured_events(Company)

    assert (event.context.origin, event.context.actor) == ("outside", None)
    assert not event.context.claimed
    session = event.context.database
    assert (session.role, session.application) == ("operator", "psql")
    assert session.address in ("127.0.0.1", "::1")


def test_a_maintenance_block_declares_who_and_why(psql, captured_events):
    """The same comment, typed by hand: plain text, an apostrophe as %27."""
    psql(MAINTENANCE)

    told = [(event.type, event.context) for event in captured_events(Company)]

    assert [kind for kind, _ in told] == ["model.created", "model.updated", "model.created"]
    for _, context in told:
        assert (context.actor, context.reason) == (Actor(id="ann"), "ticket 4711: Bob's name")
        assert (context.claimed, context.database) == (False, None)


def test_who_is_not_believed_has_only_claimed_it(psql, operator, captured_events):
    """With the session that claimed it."""
    psql(MAINTENANCE, operator)

    for event in captured_events(Company):
        assert (event.context.actor, event.context.claimed) == (Actor(id="ann"), True)
        assert event.context.database.role == "operator"


@pytest.mark.parametrize(("length", "is_read"), [(65_533, True), (65_534, False)])
def test_a_comment_too_long_to_be_kept_says_so(raw, captured_events, length, is_read):
    """Nobody is named by half of it; a write that needs a reason has none."""
    comment = "reason='why',actor='7',action='".ljust(length - 1, "x") + "'"
    raw.execute(f"/*{comment}*/ INSERT INTO shop_company VALUES (1, 'a')")

    (event,) = captured_events(Company)

    if is_read:
        raw.execute(f"/*{comment}*/ INSERT INTO shop_grant (holder) VALUES ('Ann')")
        assert (event.context.actor, event.context.reason) == (Actor(id="7"), "why")
    else:
        with pytest.raises(psycopg.IntegrityError, match="needs a reason"):
            raw.execute(f"/*{comment}*/ INSERT INTO shop_grant (holder) VALUES ('Ann')")
        assert (event.context.actor, event.context.origin) == (None, "outside")
        assert "over 65,000 characters" in event.context.reason


def test_a_script_without_django_says_it_the_same_way(raw, captured_events):
    """Any language can write a comment."""
    with raw.cursor() as cursor:
        cursor.execute("/*actor='7',reason='night run'*/ INSERT INTO shop_company VALUES (1, 'a')")
        with cursor.copy("/*reason='import'*/ COPY shop_company (name) FROM STDIN") as rows:
            rows.write_row(["b"])

    assert [event.context.reason for event in captured_events(Company)] == ["night run", "import"]


def test_a_pool_of_ones_own_carries_the_context(raw, captured_events):
    """with_context puts it in front; the next who borrows the connection has none of it."""
    statement = "INSERT INTO shop_company (name) VALUES (%s)"
    with ConnectionPool(_conninfo(raw), min_size=1, max_size=1, open=True) as pool:
        with pool.connection() as driver, bind_context(actor="7", reason="50% 'off' */ \U0001f600"):
            driver.execute(with_context(statement, ["a"]), ["a"])
            with driver.pipeline():
                driver.execute(with_context(statement, ["b"]), ["b"])
        with pool.connection() as driver:
            driver.execute(statement, ["c"])

    told = [(event.context.reason, event.context.origin) for event in captured_events(Company)]
    assert told == [("50% 'off' */ \U0001f600", "")] * 2 + [("", "outside")]


def test_procedures_carry_the_context_and_callproc_does_not(raw, captured_events):
    """callproc makes its statement by itself; SELECT or CALL in execute is the way."""
    raw.execute(
        "CREATE PROCEDURE add_one(name text) LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO shop_company (name) VALUES (name); COMMIT;"
        " INSERT INTO shop_company (name) VALUES (name || '!'); END $$;"
        "CREATE FUNCTION add_other(name text) RETURNS void LANGUAGE sql AS"
        " $$ INSERT INTO shop_company (name) VALUES (name) $$"
    )
    try:
        with bind_context(reason="why"), connection.cursor() as cursor:
            cursor.execute("CALL add_one(%s)", ["a"])
            cursor.execute("SELECT add_other(%s)", ["b"])
            cursor.callproc("add_other", ["c"])
    finally:
        raw.execute("DROP PROCEDURE add_one; DROP FUNCTION add_other")

    told = {event.after["name"]: event.context.reason for event in captured_events(Company)}
    assert told == {"a": "why", "a!": "why", "b": "why", "c": ""}


def _conninfo(raw):
    return psycopg.conninfo.make_conninfo(raw.info.dsn, password=raw.info.password)
