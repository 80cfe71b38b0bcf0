"""What is committed, and nothing else, reaches the topic in the order of its writes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from threading import Barrier, Thread
from threading import Event as Flag

import psycopg
import pytest
from psycopg import sql

from infra.services import Services
from producer import KafkaPublisher, OutboxLimits, PostgresOutbox, Relay, waiting
from schemas import Event, ModelCreated, ModelUpdated
from tests.producer.conftest import Connection
from tests.producer.topic_reading import events_on, firsts

Drain = Callable[[], None]
Connect = Callable[[], Connection]


def test_rolled_back_savepoint_leaves_no_event(
    app: Connection, drain: Drain, services: Services, topic: str
) -> None:
    """A savepoint that rolled back never happened, though its transaction committed."""
    with app.transaction():
        app.execute("INSERT INTO certificate (id) VALUES (1)")
        with app.transaction(force_rollback=True):
            app.execute("INSERT INTO certificate (id) VALUES (2)")
        with app.transaction():
            app.execute("INSERT INTO certificate (id) VALUES (3)")
    drain()

    subjects = [e.subject for e in events_on(services.kafka, topic, "model.")]
    assert sorted(subjects) == ["cap.Certificate/1", "cap.Certificate/3"]


def test_long_transaction_neither_holds_back_nor_inverts_others(
    app: Connection, connect: Connect, drain: Drain, services: Services, topic: str
) -> None:
    """Two change one row in turn while a third, which wrote before them, stays open."""
    app.execute("INSERT INTO certificate (id, shares) VALUES (1, 0)")
    long, early, late = connect(), connect(), connect()
    long.execute("BEGIN")
    long.execute("INSERT INTO certificate (id) VALUES (100)")
    late.execute("BEGIN")
    late.execute("SELECT pg_current_xact_id()")  # the lower xid changes the row second
    early.execute("UPDATE certificate SET shares = 1 WHERE id = 1")
    drain()
    late.execute("UPDATE certificate SET shares = 2 WHERE id = 1")
    late.execute("COMMIT")
    drain()

    seen = events_on(services.kafka, topic, "model.updated")
    assert [bytes(p.after["shares"]) for p in updates(seen)] == [b"1.0000", b"2.0000"]

    long.execute("COMMIT")
    drain()
    subjects = [e.subject for e in events_on(services.kafka, topic, "model.created")]
    assert subjects.count("cap.Certificate/100") == 1


def test_row_that_commits_after_a_higher_number_was_published_is_not_skipped(
    app: Connection, connect: Connect, drain: Drain, services: Services, topic: str
) -> None:
    """A cursor on the number alone would lose it."""
    slow = connect()
    slow.execute("BEGIN")
    slow.execute("INSERT INTO certificate (id) VALUES (1)")
    for number in range(2, 200):
        app.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
    drain()
    slow.execute("COMMIT")
    drain()
    drain()

    assert len(events_on(services.kafka, topic, "model.created")) == 199


def test_twenty_connections_racing_on_five_rows(
    app: Connection, app_url: str, services: Services, topic: str
) -> None:
    """With savepoints, rollbacks and long transactions: nothing lost, invented or out of order."""
    app.execute("INSERT INTO certificate (id, shares) SELECT i, 0 FROM generate_series(1, 5) AS i")
    stop = Flag()
    limits = OutboxLimits(page_rows=40, slot_bytes=100_000, slot_age_s=0.5)
    outbox = PostgresOutbox(app_url, schema="public", holder="racing", limits=limits)
    relay = Relay(outbox, KafkaPublisher(services.kafka, topic), stop=stop)
    relaying = Thread(target=relay.run)
    relaying.start()
    start = Barrier(20)
    writers = [Thread(target=_race, args=(app_url, seed, start)) for seed in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    relaying.join()
    final = PostgresOutbox(app_url, schema="public", holder="last", limits=limits)
    Relay(final, KafkaPublisher(services.kafka, topic)).drain()

    told: dict[str, list[ModelUpdated]] = defaultdict(list)
    for event in firsts(events_on(services.kafka, topic, "model.updated")):
        payload = event.payload()
        assert isinstance(payload, ModelUpdated)
        told[str(event.subject)].append(payload)
    for number, shares in app.execute("SELECT id, shares::text FROM certificate").fetchall():
        chain = told[f"cap.Certificate/{number}"]
        values = [b"0.0000"] + [bytes(change.after["shares"]) for change in chain]
        assert [bytes(change.before["shares"]) for change in chain] == values[:-1], "order"
        assert values[-1] == str(shares).encode(), "loss at the end"
        assert len(set(values)) == len(values), "a phantom or a repetition"


def _race(url: str, seed: int, start: Barrier) -> None:
    """Write every value once, so that the chain of images of a row can only be the true one."""
    dice = random.Random(seed)
    with psycopg.connect(url, autocommit=True, options="-c deadlock_timeout=5ms") as connection:
        start.wait()
        for turn in range(60):
            try:
                with connection.transaction(force_rollback=dice.random() < 0.2):
                    if dice.random() < 0.3:
                        connection.execute("SELECT pg_current_xact_id()")
                    for step in range(dice.choice([1, 1, 2, 4])):
                        with connection.transaction(force_rollback=dice.random() < 0.2):
                            connection.execute(
                                "UPDATE certificate SET shares = %s WHERE id = %s",
                                [1 + step + 10 * (turn + 100 * seed), dice.randint(1, 5)],
                            )
                    if dice.random() < 0.1:
                        connection.execute("SELECT pg_sleep(0.05)")  # a long transaction
            except psycopg.errors.DeadlockDetected:
                continue


def updates(events: list[Event]) -> list[ModelUpdated]:
    """Return the payloads of updates."""
    payloads = [event.payload() for event in events]
    return [payload for payload in payloads if isinstance(payload, ModelUpdated)]


def test_relay_survives_the_loss_of_its_session(
    app: Connection, app_url: str, services: Services, topic: str
) -> None:
    """After its session was ended it comes back by itself and goes on where it stored."""
    stop = Flag()
    outbox = PostgresOutbox(app_url, schema="public", holder="survivor")
    relaying = Thread(target=Relay(outbox, KafkaPublisher(services.kafka, topic), stop=stop).run)
    relaying.start()
    try:
        for number in range(1, 101):
            app.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
            if number in (20, 50, 80):
                app.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'backstory relay'"
                )
    finally:
        stop.set()
        relaying.join()
    last = PostgresOutbox(app_url, schema="public", holder="last")
    Relay(last, KafkaPublisher(services.kafka, topic)).drain()

    created = firsts(events_on(services.kafka, topic, "model.created"))
    assert len(created) == 100


def test_images_are_utf8_whatever_the_session_would_speak(
    app: Connection, drain: Drain, services: Services, topic: str
) -> None:
    """A database in LATIN1, or PGCLIENTENCODING, would make events that nobody can decode."""
    app.execute(
        sql.SQL("ALTER DATABASE {} SET client_encoding = 'LATIN1'").format(
            sql.Identifier(str(app.info.dbname))
        )
    )
    app.execute("INSERT INTO certificate (id, note) VALUES (1, 'Zoë')")
    drain()

    [event] = events_on(services.kafka, topic, "model.created")
    payload = event.payload()
    assert isinstance(payload, ModelCreated)
    assert bytes(payload.after["note"]) == '"Zoë"'.encode()


@pytest.mark.parametrize("at", ["infinity", "-infinity", "20000-01-01"])
def test_time_that_is_none_holds_nothing_up(
    at: str, app: Connection, drain: Drain, services: Services, topic: str
) -> None:
    """A role may write events of its own to the outbox, with whatever in the columns."""
    app.execute(
        "INSERT INTO backstory_outbox (kind, name, new, at) VALUES ('event', 'a.b', '{}', %s)", [at]
    )
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    assert waiting(app).oldest_at is not None
    drain()

    assert len(events_on(services.kafka, topic, "a.b")) == 1
    assert len(events_on(services.kafka, topic, "model.created")) == 1
    assert (waiting(app).rows, waiting(app).oldest_at) == (0, None)
