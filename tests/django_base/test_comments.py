"""The context stands in front of each statement that may write, however it is sent."""

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg import sql
from shop.models import Company

from django_base import bind_context, with_context

AWKWARD = "50% of 'all' */ drop -- \U0001f600 \\ \"q\" %s %(x)s ; $$"


LONG = (AWKWARD * 200)[:10_000].encode()[:10_000].decode(errors="ignore")


@pytest.fixture
def contexts(captured_events):
    """Gives the reasons of the events told so far: through trigger, outbox and relay's reading."""
    return lambda: [event.context.reason for event in captured_events()]


def send_orm():
    Company.objects.create(name="50%")


def send_without_parameters():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_company (name) VALUES ('50%')")


def send_with_no_parameters():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_company (name) VALUES ('50%%')", ())


def send_with_named_parameters():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_company (name) VALUES (%(name)s)", {"name": "50%"})


def send_many():
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO shop_company (name) VALUES (%s)", [("50%",)])


def send_composed():
    statement = sql.SQL("INSERT INTO {} (name) VALUES ({})").format(
        sql.Identifier("shop_company"), sql.Literal("50%")
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def send_composed_with_parameters():
    statement = sql.SQL("INSERT INTO {} (name) VALUES (%s)").format(sql.Identifier("shop_company"))
    with connection.cursor() as cursor:
        cursor.execute(statement, ["50%"])


def send_copy():
    with connection.cursor() as cursor:
        statement = with_context("COPY shop_company (name) FROM STDIN")
        with cursor.copy(statement) as copy:
            copy.write_row(["50%"])


def send_in_a_with():
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH v (name) AS (VALUES ('50%')) INSERT INTO shop_company (name) SELECT name FROM v"
        )


def send_by_a_function():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.add() RETURNS void LANGUAGE sql AS"
            " $$ INSERT INTO public.shop_company (name) VALUES ('50%') $$"
        )
        cursor.execute("SELECT pg_temp.add()")


def send_after_a_select():
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "a" FROM (SELECT 1) s ("a"); INSERT INTO shop_company (name) VALUES (\'50%\')'
        )


def send_analysed():
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (VERBOSE, ANALYZE) INSERT INTO shop_company (name) VALUES ('50%')")


def send_by_a_procedure():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE PROCEDURE pg_temp.add() LANGUAGE sql AS"
            " $$ INSERT INTO public.shop_company (name) VALUES ('50%') $$"
        )
        cursor.execute("CALL pg_temp.add()")


def send_with_server_binding():
    with connection.cursor():
        driver = connection.connection
    statement = "INSERT INTO shop_company (name) VALUES (%s)"
    with psycopg.Cursor(driver) as cursor:
        cursor.execute(with_context(statement, ["50%"]), ["50%"])


def send_on_the_driver():
    with connection.cursor():
        driver = connection.connection
    with driver.cursor() as cursor:
        cursor.execute(with_context(b"INSERT INTO shop_company (name) VALUES ('50%')"))


WAYS = [value for name, value in list(globals().items()) if name.startswith("send_")]


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [AWKWARD, LONG], ids=["awkward", "long"])
@pytest.mark.parametrize("send", WAYS, ids=lambda each: each.__name__[5:])
def test_the_reason_arrives_whole(send, reason, contexts):
    """Percent signs, quotes, ends of comments and 10,000 bytes of them are nobody's problem."""
    with bind_context(reason=reason, actor="7"):
        send()

    assert contexts() == [reason]
    assert Company.objects.get().name == "50%"


@pytest.mark.django_db(transaction=True)
def test_server_side_binding_and_prepared_statements(contexts):
    """Parameters that travel beside the statement need their percent signs doubled, too."""
    connection.close()
    connection.settings_dict["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 1}
    try:
        with bind_context(reason=AWKWARD):
            for name in "abc":
                Company.objects.create(name=name)
        assert [company.name for company in Company.objects.order_by("name").iterator()] == [*"abc"]
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = {}
    assert contexts() == [AWKWARD] * 3


@pytest.mark.django_db(transaction=True)
def test_cursors_on_the_server_work_inside_a_context(contexts):
    """iterator() declares a cursor; a comment must not come between."""
    with bind_context(reason="5%"):
        Company.objects.bulk_create(Company(name=str(i)) for i in range(10))
        seen = [each.pk for each in Company.objects.filter(name__contains="%").iterator(2)]
        seen += [
            each.pk
            for each in Company.objects.raw("SELECT * FROM shop_company WHERE name < %s", ["5"])
        ]

    assert len(seen) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        'SELECT "shop_company"."id" FROM "shop_company"',
        "select distinct name from shop_company",
        "SELECT COUNT(*) FROM shop_company",
        "SELECT 1 AS a",
        "SAVEPOINT x",
        "  EXPLAIN UPDATE shop_company SET name = 'x'",
        "EXPLAIN (VERBOSE) DELETE FROM shop_company",
        "SET LOCAL lock_timeout = '1s'",
    ],
)
def test_what_cannot_write_is_sent_as_it_is(statement):
    """Reads cost nothing, and a reading request needs no user."""
    with bind_context(reason="why"):
        assert with_context(statement) == statement


def test_without_a_context_nothing_is_added():
    """No comment at all is better than an empty one."""
    assert with_context("UPDATE x SET y = 1") == "UPDATE x SET y = 1"


@pytest.mark.django_db(transaction=True)
def test_the_wrapper_is_put_on_once(contexts):
    """A connection may come back many times."""
    for _ in range(3):
        connection.close()
        connection.ensure_connection()
    names = [type(each).__name__ for each in connection.execute_wrappers]

    assert names.count("ContextComment") == 1
    assert "ContextComment" not in [type(w).__name__ for w in connections["lite"].execute_wrappers]


@pytest.mark.django_db(transaction=True)
def test_a_context_never_survives_its_block(contexts):
    """Nothing is set on the session, so nothing can leak through a pooler."""
    with bind_context(reason="inside"):
        Company.objects.create(name="a")
    Company.objects.create(name="b")

    assert contexts() == ["inside", ""]


@pytest.mark.django_db(transaction=True)
def test_a_deferred_trigger_has_the_context_of_its_transaction(captured_events, raw):
    """It writes at COMMIT, which nobody can put a comment in front of."""
    raw.execute(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE shop_company SET name = name || '!' WHERE id = NEW.id AND name NOT LIKE '%!';"
        " RETURN NULL; END $$"
    )
    raw.execute(
        "CREATE CONSTRAINT TRIGGER later AFTER INSERT ON shop_company DEFERRABLE"
        " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION later()"
    )
    try:
        with raw.transaction():
            raw.execute("/*actor='7'*/ INSERT INTO shop_company (name) VALUES ('a')")
        with transaction.atomic(), bind_context(actor="8"):
            Company.objects.create(name="b")
        with raw.transaction():
            raw.execute("/*actor='9'*/ INSERT INTO shop_legend VALUES (gen_random_uuid(), '')")
            raw.execute("INSERT INTO shop_company (name) VALUES ('c')")
    finally:
        raw.execute("DROP TRIGGER later ON shop_company; DROP FUNCTION later")

    told = [
        (event.type, event.context.actor and event.context.actor.id, event.context.origin)
        for event in captured_events(Company)
    ]
    assert told == [
        *((kind, "7", "") for kind in ("model.created", "model.updated")),
        *((kind, "8", "") for kind in ("model.created", "model.updated")),
        *((kind, None, "outside") for kind in ("model.created", "model.updated")),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_deferred_trigger_made_to_fire_early_has_the_context(contexts, raw):
    """SET CONSTRAINTS makes it write; Django's own checks of tests send it."""
    raw.execute(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO shop_legend VALUES (gen_random_uuid(), ''); RETURN NULL; END $$"
    )
    raw.execute(
        "CREATE CONSTRAINT TRIGGER later AFTER INSERT ON shop_company DEFERRABLE"
        " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION later()"
    )
    try:
        with transaction.atomic(), bind_context(reason="first"):
            Company.objects.create(name="a")
            with bind_context(reason="second"):
                connection.check_constraints()
    finally:
        raw.execute("DROP TRIGGER later ON shop_company; DROP FUNCTION later")

    assert contexts() == ["first", "second"]


def test_psycopg_takes_composed_statements():
    """Composed objects stay composed, so that the driver can quote their parts."""
    statement = sql.SQL("UPDATE {} SET a = %s").format(sql.Identifier("t"))
    with bind_context(reason="5%"):
        composed = with_context(statement, [1])

    assert composed.as_string(None) == "/*reason='5%%25'*/UPDATE \"t\" SET a = %s"
    assert isinstance(composed, psycopg.sql.Composed)
