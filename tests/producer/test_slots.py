"""Slots are emptied without losing a row, and without anybody waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event, Thread

import psycopg
import pytest

from infra.services import Services
from producer import KafkaPublisher, OutboxLimits, PostgresOutbox, Progress, Relay
from producer.session import Connection as Session
from producer.session import connect as relay_session
from producer.slots import Slots
from tests.producer.conftest import Connection
from tests.producer.outbox_contract import led
from tests.producer.topic_reading import events_on, firsts


@pytest.fixture
def session(app_url: str) -> Iterator[Session]:
    """A relay's session that does not lead."""
    with relay_session(app_url, schema="public", lease_s=30) as connection:
        yield connection


def publish_all(app_url: str) -> None:
    """Store that all that is visible is published."""
    outbox = PostgresOutbox(app_url, schema="public", holder="test")
    start = led(outbox)
    outbox.store(Progress(place=outbox.read(start.place).after, ledger=start.ledger))
    outbox.close()


def changed(session: Session, app: Connection) -> Slots:
    """Change slots, so that the first one is to be emptied, and return who does it."""
    slots = Slots(slot_bytes=0, slot_age_s=1_000)
    slots.maintain(session)
    assert app.execute("SELECT last_value FROM backstory_outbox_slot").fetchone() == (1,)
    return slots


def rows(app: Connection, slot: int) -> int:
    """Return how many rows a slot holds."""
    found = app.execute(f"SELECT count(*) FROM backstory_outbox_{slot}").fetchone()
    assert found is not None
    return int(found[0])


def test_drained_slot_is_emptied(app: Connection, app_url: str, session: Session) -> None:
    """And new rows go to the other one."""
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    publish_all(app_url)
    slots = changed(session, app)
    app.execute("INSERT INTO certificate (id) VALUES (2)")
    slots.maintain(session)
    assert (rows(app, 0), rows(app, 1)) == (0, 1)


def test_row_that_is_not_published_keeps_its_slot(
    app: Connection, app_url: str, session: Session
) -> None:
    """Its default had drawn the old slot when the slots were changed."""
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    publish_all(app_url)
    slots = changed(session, app)
    app.execute(
        "INSERT INTO backstory_outbox (kind, name, new, slot) VALUES ('event', 'a.late', '{}', 0)"
    )
    slots.maintain(session)
    assert rows(app, 0) == 2
    publish_all(app_url)
    slots.maintain(session)
    assert rows(app, 0) == 0


def test_late_row_with_a_low_number_keeps_its_slot(
    app: Connection, app_url: str, session: Session
) -> None:
    """The newest row is published; an older one that committed later is not."""
    app.execute("SELECT setval('backstory_outbox_seq', 100)")
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    publish_all(app_url)
    slots = changed(session, app)
    app.execute(
        "INSERT INTO backstory_outbox (kind, name, new, slot, seq)"
        " VALUES ('event', 'a.late', '{}', 0, 50)"
    )
    slots.maintain(session)
    assert rows(app, 0) == 2


def test_open_transaction_that_wrote_to_a_slot_keeps_it(
    app: Connection, connect: Callable[[], Connection], app_url: str, session: Session
) -> None:
    """The lock is not waited for; its rows are published when it commits."""
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    writer = connect()
    writer.execute("BEGIN")
    writer.execute("INSERT INTO certificate (id) VALUES (2)")
    publish_all(app_url)
    slots = changed(session, app)
    slots.maintain(session)
    assert rows(app, 0) == 1
    writer.execute("COMMIT")
    slots.maintain(session)
    assert rows(app, 0) == 2
    publish_all(app_url)
    slots.maintain(session)
    assert rows(app, 0) == 0


def test_slots_change_under_concurrent_writers(
    app_url: str, app: Connection, services: Services, topic: str
) -> None:
    """Eight sessions write while slots are changed all the time: every row arrives."""
    stop = Event()
    limits = OutboxLimits(page_rows=100)
    outbox = PostgresOutbox(app_url, schema="public", holder="flipping", limits=limits)
    relaying = Thread(target=Relay(outbox, KafkaPublisher(services.kafka, topic), stop=stop).run)
    relaying.start()
    emptied = Event()
    flipping = Thread(target=_flip, args=(app_url, stop, emptied))
    flipping.start()
    written: list[int] = []
    writers = [
        Thread(target=_write, args=(app_url, number, emptied, written)) for number in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    relaying.join()
    flipping.join()
    last = PostgresOutbox(app_url, schema="public", holder="last")
    Relay(last, KafkaPublisher(services.kafka, topic)).drain()

    assert len(firsts(events_on(services.kafka, topic, "model.created"))) == sum(written)
    assert emptied.is_set()
    assert rows(app, 0) + rows(app, 1) < sum(written)


def _write(url: str, number: int, emptied: Event, written: list[int]) -> None:
    """Write until a slot was emptied meanwhile; 20,000 rows should be time enough for that."""
    turn = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while turn < 250 or (turn < 20_000 and not emptied.is_set()):
            turn += 1
            key = number * 100_000 + turn
            connection.execute("INSERT INTO certificate (id) VALUES (%s)", [key])
    written.append(turn)


def _flip(url: str, stop: Event, emptied: Event) -> None:
    """Change and empty slots far more often than a relay does."""
    slots = Slots(slot_bytes=0, slot_age_s=0)
    current = 0
    with relay_session(url, schema="public", lease_s=30) as connection:
        while not stop.wait(0.005):
            slots.maintain(connection)
            found = connection.execute("SELECT last_value FROM backstory_outbox_slot").fetchone()
            if current == 1 and found == (0,):  # slot 0 is taken again only when it was emptied
                emptied.set()
            current = found[0] if found else current
