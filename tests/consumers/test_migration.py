"""The history's schema: made twice, by several at once, and refusing every change."""

import threading
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import errors

from consumers import HistorySink, SinkRefused, migrate
from tests.consumers.observing import kept_ids, rows
from tests.consumers.sink_contract import a_batch
from tests.factories import an_event

PARTITIONS = "SELECT relid::regclass::text FROM pg_partition_tree('history.events') WHERE isleaf"


def test_migrating_again_changes_nothing(database: str):
    """It runs with every deployment."""
    migrate(database)
    before = everything(database)

    assert migrate(database) == []

    assert everything(database) == before


def test_history_of_an_older_version_gets_the_columns_it_lacks(database: str):
    """And its view shows them."""
    migrate(database)
    before = everything(database)
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE history.events DROP COLUMN ledger_window CASCADE")
    migrate(database)
    assert everything(database) == before


def test_several_migrate_at_once(database: str):
    """Every instance of a deployment may start with it."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            migrate(database)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(rows(database, PARTITIONS)) == 27


def test_months_are_made_ahead_and_added_later(database: str):
    """From the month before to 24 ahead, and the default for what no month holds."""
    migrate(database, today=lambda: date(2026, 11, 22))
    names = {name for (name,) in rows(database, PARTITIONS)}
    assert {"history.events_2026_10", "history.events_2028_11", "history.events_default"} <= names
    assert len(names) == 27

    migrate(database, today=lambda: date(2026, 12, 1))

    assert len(rows(database, PARTITIONS)) == 28


def test_event_goes_to_the_month_of_its_id(database: str):
    """The bounds are those of UUIDv7, to the millisecond."""
    migrate(database, today=lambda: date(2026, 2, 1))
    bounds = "SELECT history.first_id('2026-02-01 00:00+00')::text"
    assert rows(database, bounds) == [("019c167f-cc00-0000-0000-000000000000",)]
    HistorySink(database).write(a_batch([an_event()]))

    assert rows(database, "SELECT tableoid::regclass::text FROM history.events") == [
        ("history.events_2026_01",)
    ]


def test_month_that_strays_forbid_is_named(database: str):
    """An event from far away is kept; that its month cannot be made any more must be told."""
    migrate(database, months_ahead=0, today=lambda: date(2025, 6, 1))
    HistorySink(database).write(a_batch([an_event()]))  # of January 2026

    forbidden = migrate(database, months_ahead=9, today=lambda: date(2025, 6, 1))

    assert forbidden == ["events_2026_01"]
    assert len(kept_ids(database)) == 1


def test_writers_go_on_while_it_runs(sink: HistorySink, history: str):
    """A writer in the middle of its transaction delays it, and it does not block the next one."""
    with psycopg.connect(history) as writer:
        writer.execute("INSERT INTO history.offsets VALUES ('x', 'x', 0, 'T', 1, now())")
        writer.execute("SELECT count(*) FROM history.events")

        migrate(history)

    assert sink.write(a_batch([an_event()])).events == 1


@pytest.fixture
def filled(sink: HistorySink, history: str) -> str:
    """A history with one event."""
    sink.write(a_batch([an_event()]))
    return history


@pytest.mark.parametrize("statement", ["UPDATE {} SET type = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["root", "partition"])
@pytest.mark.parametrize("who", ["owner", "writer", "replica"])
def test_change_of_history_is_refused(filled: str, statement: str, table: str, who: str):
    """Also to the owner, on a partition, and to a session that plays a replica."""
    names = {"root": "history.events", "partition": partition_in_use(filled)}
    with psycopg.connect(filled) as connection:
        if who == "writer":
            connection.execute("SET ROLE backstory_writer")
        if who == "replica":
            connection.execute("SET session_replication_role = replica")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement.format(names[table]))

    assert len(kept_ids(filled)) == 1


def test_upsert_cannot_change_history_either(filled: str):
    """It is an update by another name."""
    upsert = (
        "INSERT INTO history.events SELECT * FROM history.events "
        "ON CONFLICT (id) DO UPDATE SET type = 'x'"
    )
    with pytest.raises(errors.InsufficientPrivilege):
        rows(filled, upsert)


def test_empty_partition_cannot_be_truncated(history: str):
    """TRUNCATE guards are not cloned: each partition needs its own."""
    for (name,) in rows(history, PARTITIONS):
        with pytest.raises(errors.InsufficientPrivilege):
            rows(history, f"TRUNCATE {name}")


def test_role_that_may_not_migrate_is_told_what_to_grant(database: str):
    """A managed server often gives no right to make roles."""
    rows(
        database,
        "DO $$ BEGIN CREATE ROLE test_nobody LOGIN PASSWORD 'nobody'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    url = psycopg.conninfo.make_conninfo(database, user="test_nobody", password="nobody")

    with pytest.raises(SinkRefused, match="CREATE ROLE backstory_writer"):
        migrate(url)


def test_role_that_only_writes_is_enough_to_persist(history: str):
    """The persister's password gives no right to change history, nor to read anything else."""
    rows(
        history,
        "DO $$ BEGIN CREATE ROLE test_writer LOGIN PASSWORD 'writer' IN ROLE backstory_writer; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    url = psycopg.conninfo.make_conninfo(history, user="test_writer", password="writer")
    event = an_event()
    sink = HistorySink(url)

    sink.write(a_batch([event]))
    sink.write(a_batch([event, an_event()], first=1, expected=1))

    sink.close()
    assert len(kept_ids(history)) == 2


def partition_in_use(url: str) -> Any:
    """Where the one event lies."""
    return rows(url, "SELECT tableoid::regclass::text FROM history.events")[0][0]


def everything(url: str) -> list[tuple[Any, ...]]:
    """Each object of the schema with what may change about it."""
    return rows(
        url,
        "SELECT 'relation', oid::regclass::text, relkind::text, relacl::text FROM pg_class "
        "WHERE relnamespace = 'history'::regnamespace "
        "UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, tgenabled::text, '' "
        "FROM pg_trigger ORDER BY 1, 2, 3",
    )
