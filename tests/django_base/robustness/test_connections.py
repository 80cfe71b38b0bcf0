"""How statements reach the server: through poolers, bound on the server, prepared."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import F
from shop.models import Certificate, Company

from django_base import bind_context
from schemas import Actor
from tests.django_base.robustness.past import rebuilt, stored
from tests.django_base.robustness.pooler import PgBouncer, SmallPooler

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def settings(**changed: object) -> Iterator[None]:
    """Connect Django's default database otherwise for a while."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(changed)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture
def pooler(
    raw: "psycopg.Connection[object]",
) -> Iterator[PgBouncer | SmallPooler]:
    """A pgbouncer where there is one (BACKSTORY_TEST_PGBOUNCER, or on the path)."""
    described = {key: str(connection.settings_dict[key]) for key in ("NAME", "USER", "PASSWORD")}
    dsn = psycopg.conninfo.make_conninfo(
        host=raw.info.host,
        port=raw.info.port,
        dbname=described["NAME"],
        user=described["USER"],
        password=described["PASSWORD"],
        sslmode="disable",
    )
    program = os.environ.get("BACKSTORY_TEST_PGBOUNCER") or shutil.which("pgbouncer")
    if program is None:
        made: PgBouncer | SmallPooler = SmallPooler(dsn)
        yield made
        made.close()
        return
    with tempfile.TemporaryDirectory() as folder:
        made = PgBouncer(program, Path(folder), dsn)
        yield made
        made.close()


def _address(pooler: PgBouncer | SmallPooler) -> str:
    name = connection.settings_dict["NAME"]
    return f"host=127.0.0.1 port={pooler.port} user=x dbname={name} sslmode=disable"


CLIENTS = 4
WRITES = 25


def test_behind_a_transaction_pooler_each_change_has_the_context_of_its_own_client(told, pooler):
    """Nothing is set on the session, which belongs to somebody else a moment later."""
    Company.objects.bulk_create(Company(name=f"{i}") for i in range(CLIENTS))
    begun = told()
    companies = list(Company.objects.order_by("pk"))
    together = Barrier(CLIENTS)
    sessions: set[object] = set()

    def work(number: int) -> None:
        with bind_context(actor=Actor(id=str(number))):
            together.wait(10)
            for i in range(WRITES):
                with transaction.atomic(), connection.cursor() as cursor:
                    sessions.add(cursor.execute("SELECT pg_backend_pid()").fetchone())
                    Certificate.objects.create(company=companies[number], holder=f"{number}")
                    Company.objects.filter(pk=companies[number].pk).update(name=f"{number} {i}")
        connection.close()

    with settings(HOST="127.0.0.1", PORT=pooler.port, DISABLE_SERVER_SIDE_CURSORS=True):
        config = dict(connection.settings_dict)

        def client(number: int) -> None:
            connection.settings_dict.update(config)
            work(number)

        threads = [Thread(target=client, args=[number]) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    events = told()
    assert len(sessions) == 1
    assert len(events) == 2 * CLIENTS * WRITES
    assert rebuilt(begun + events) == stored("shop.Company", "shop.Certificate")
    mine = Counter(
        (event.context.actor.id if event.context.actor else None, event.context.entity)
        for event in events
    )
    assert mine == {
        (str(number), f"shop.Company/{company.pk}"): 2 * WRITES
        for number, company in enumerate(companies)
    }


def test_a_pooled_session_keeps_nothing_for_a_client_without_a_context(told, pooler):
    """What psql does on the same session afterwards is an outside change."""
    with (
        settings(HOST="127.0.0.1", PORT=pooler.port, DISABLE_SERVER_SIDE_CURSORS=True),
        bind_context(actor=Actor(id="7")),
    ):
        Company.objects.create(name="by Django")
        with psycopg.connect(_address(pooler)) as c:
            c.execute("INSERT INTO shop_company (name) VALUES ('by psql')")

    inside, outside = told()
    assert inside.context.actor == Actor(id="7")
    assert (outside.context.actor, outside.context.origin) == (None, "outside")


BINDING = {
    "bound on the server": {"server_side_binding": True},
    "prepared at once": {"server_side_binding": True, "prepare_threshold": 0},
    "prepared in time": {"prepare_threshold": 2},
}


@pytest.mark.parametrize("options", BINDING.values(), ids=BINDING)
def test_statements_bound_and_prepared_on_the_server_are_told_with_their_own_context(told, options):
    """A prepared statement keeps its text: another context must not be served with it."""
    with settings(OPTIONS=options):
        company = Company.objects.create(name="Acme 100%")
        for number in range(6):
            with bind_context(actor=Actor(id=str(number)), reason=f"{number} %s"):
                made = Certificate.objects.create(company=company, holder="a", shares=number + 1)
                Certificate.objects.filter(pk=made.pk).update(shares=F("shares") * 2)
        events = told()
        assert rebuilt(events) == stored("shop.Company", "shop.Certificate")

    reasons = [event.context.reason for event in events[1:]]
    assert reasons == [f"{number} %s" for number in range(6) for _ in range(2)]


def test_a_statement_prepared_in_sql_has_the_context_of_who_executes_it(told, raw):
    """Sessions that are shared execute what somebody else has prepared."""
    raw.execute("PREPARE found AS /*actor='1'*/ INSERT INTO shop_company (name) VALUES ($1)")
    raw.execute("/*actor='2'*/ EXECUTE found ('a')")
    raw.execute("EXECUTE found ('b')")
    raw.execute("DEALLOCATE found")

    by_two, by_nobody = told()

    assert by_two.context.actor == Actor(id="2")
    assert by_nobody.context.actor is None
