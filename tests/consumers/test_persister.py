"""The persister on real servers: poison, repetition, outages."""

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from consumers import PersisterSettings, TopicRecreated, create_topics, migrate, persist_events
from infra.embedded import EmbeddedKafka, EmbeddedPostgres
from infra.kafka import admin, delete_topic
from infra.services import Services
from infra.testing import Databases
from infra.waiting import wait_until
from schemas import encode
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import Produce, producing_to
from tests.factories import an_event

ALL_BUT_ARRIVAL = (
    "SELECT id, occurred_at, type, source, sequence, position, model, object_id, entity, user_id, "
    "username, action, request_id, method, url_path, ip, browser, user_agent, origin, trace_id, "
    'value::text, topic, partition, "offset", ledger_window FROM history.events ORDER BY id'
)


def settings(servers: str, topic: str, history: str) -> PersisterSettings:
    """A persister in a consumer group of the test's own."""
    return PersisterSettings(
        kafka_servers=servers,
        history_url=history,
        topic=topic,
        dead_topic=f"{topic}.dead",
        consumer=topic,
    )


def drain(servers: str, topic: str, history: str) -> None:
    """Persist what the topic holds, as ``backstory persist --once`` does."""
    persist_events(settings(servers, topic, history), stop=threading.Event(), once=True)


@contextmanager
def persisting(servers: str, topic: str, history: str) -> Iterator[None]:
    """A persister that runs meanwhile; what it raises fails the test."""
    stop = threading.Event()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            persist_events(settings(servers, topic, history), stop=stop)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stop.set()
    thread.join(15)
    assert not thread.is_alive()
    assert raised == []


def test_poison_among_five_thousand_is_isolated(
    services: Services, topic: str, produce: Produce, history: str
):
    """Each bad record is alone in the dead letters, with its reason; all others are kept."""
    good = [an_event() for _ in range(5000)]
    too_long = encode(an_event(subject="captable.Certificate/" + secrets.token_hex(20_000)))
    poison = {
        encode(an_event()).replace(b"12.5000", b"\xff\xfe"): "invalid byte sequence",
        re.sub(rb'"sequence":"00', b'"sequence":"99', encode(an_event())): "more than a bigint",
        too_long: "index row",
        b"not JSON at all": "JSON",
    }
    produce(good[:1700])
    produce(poison, key=b"key", headers=[("traceparent", b"00")])
    produce(good[1700:])

    create_topics(services.kafka, [f"{topic}.dead"])
    drain(services.kafka, topic, history)

    assert sorted(kept_ids(history)) == sorted(event.id for event in good)
    dead = rows(
        history, 'SELECT value, reason, key, headers FROM history.dead_letters ORDER BY "offset"'
    )
    assert {bytes(row[0]) for row in dead} == set(poison)
    for value, reason, key, headers in dead:
        assert re.search(poison[bytes(value)], reason), reason
        assert (bytes(key), headers) == (b"key", [["traceparent", "3030"]])


def test_same_topic_persisted_twice_gives_the_same_rows(
    services: Services, topic: str, produce: Produce, databases: Databases
):
    """The topic alone decides what the history says."""
    events = [an_event(subject=f"captable.Certificate/{number % 7}") for number in range(500)]
    for partition in range(6):
        produce(events[partition::6], partition=partition)
    produce(events[:50], partition=0)
    histories = [databases.create(), databases.create()]
    for history in histories:
        migrate(history)
        drain(services.kafka, topic, history)

    first, second = (rows(history, ALL_BUT_ARRIVAL) for history in histories)

    assert len(first) == 500
    assert first == second
    rows(histories[0], "DELETE FROM history.offsets")
    drain(services.kafka, topic, histories[0])
    assert rows(histories[0], ALL_BUT_ARRIVAL) == first


def test_topic_deleted_and_created_again_stops_the_persister(
    services: Services, topic: str, produce: Produce, history: str
):
    """Longer than before or not, its offsets count other events: old and new are never mixed."""
    produce([an_event()])
    drain(services.kafka, topic, history)
    client = admin(services.kafka)
    delete_topic(client, topic)
    assert wait_until(lambda: topic not in client.list_topics(timeout=10).topics, timeout_s=10)
    create_topics(services.kafka, [topic])
    producing_to(services.kafka, topic)([an_event() for _ in range(3)])

    with pytest.raises(TopicRecreated):
        drain(services.kafka, topic, history)

    assert len(kept_ids(history)) == 1


def test_history_goes_down_and_comes_back(
    services: Services, topic: str, produce: Produce, private_postgres: EmbeddedPostgres
):
    """Nobody restarts the persister; what came meanwhile is kept when the server is back."""
    history = private_postgres.url()
    migrate(history)
    before, after = an_event(), an_event()
    with persisting(services.kafka, topic, history):
        produce([before])
        assert wait_until(lambda: len(kept_ids(history)) == 1, timeout_s=20)
        private_postgres.kill()
        produce([after])
        private_postgres.start()
        assert wait_until(lambda: len(kept_ids(history)) == 2, timeout_s=30)

    assert set(kept_ids(history)) == {before.id, after.id}


def test_broker_restarts_under_traffic(private_kafka: EmbeddedKafka, history: str):
    """Nobody restarts the persister; it reads on where the history stands."""
    servers, topic = private_kafka.bootstrap_servers, "events"
    create_topics(servers, [topic])
    produce = producing_to(servers, topic)
    events = [an_event() for _ in range(400)]
    with persisting(servers, topic, history):
        produce(events[:200])
        assert wait_until(lambda: len(kept_ids(history)) == 200, timeout_s=20)
        private_kafka.kill()
        private_kafka.start()
        produce(events[200:])
        assert wait_until(lambda: len(kept_ids(history)) == 400, timeout_s=60)

    assert sorted(kept_ids(history)) == sorted(event.id for event in events)
