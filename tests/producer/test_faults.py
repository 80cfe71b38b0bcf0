"""Kills, freezes and crashes at the worst moment: everything arrives, and once in a history."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from infra.embedded import EmbeddedKafka, EmbeddedPostgres
from infra.kafka import admin, create_topic
from infra.services import Services
from producer import KafkaPublisher, OutboxLimits, PostgresOutbox, Relay
from schemas import EventSetAside, sequence_of
from tests.producer.capturing import prepare
from tests.producer.conftest import Connection
from tests.producer.topic_reading import events_on, firsts

RelayProcess = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def relay_process(
    app_url: str, services: Services, topic: str
) -> Iterator[Callable[[float], subprocess.Popen[str]]]:
    """Starts relays that stop between the broker's acknowledgement and their own commit."""
    started: list[subprocess.Popen[str]] = []

    def start(lease_s: float) -> subprocess.Popen[str]:
        module = "tests.producer.relay_process"
        process = subprocess.Popen(
            [sys.executable, "-m", module, app_url, services.kafka, topic, str(lease_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "acknowledged\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_kill_between_acknowledgement_and_commit_repeats_under_the_same_ids(
    app: Connection,
    relay_process: Callable[[float], subprocess.Popen[str]],
    drain: Callable[[], None],
    services: Services,
    topic: str,
) -> None:
    """The batch lies on the topic twice; whoever keeps events by id keeps it once."""
    for number in range(1, 31):
        app.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
    process = relay_process(5)
    process.kill()
    process.wait()
    drain()

    events = events_on(services.kafka, topic, "model.created")
    assert len(events) == 40
    assert len(firsts(events)) == 30
    assert {bytes(e.data) for e in events} == {bytes(e.data) for e in firsts(events)}


def test_frozen_leader_loses_the_lead_and_stores_nothing_on_waking(
    app: Connection,
    relay_process: Callable[[float], subprocess.Popen[str]],
    drain: Callable[[], None],
    services: Services,
    topic: str,
) -> None:
    """The server ends the session of a leader that is silent; another one goes on meanwhile."""
    for number in range(1, 31):
        app.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
    process = relay_process(2)
    process.send_signal(signal.SIGSTOP)
    drain()
    stored = app.execute("SELECT * FROM backstory_relay").fetchone()
    process.send_signal(signal.SIGCONT)
    output, _ = process.communicate("go on\n")

    assert output in ("OutboxUnavailable\n", "LeadershipLost\n")
    assert app.execute("SELECT * FROM backstory_relay").fetchone() == stored
    assert len(firsts(events_on(services.kafka, topic, "model.created"))) == 30


def test_delivery_that_fails_in_the_middle_of_a_batch(
    app: Connection, app_url: str, services: Services, topic: str
) -> None:
    """The topic takes less than before: all is sent again, and what is too large set aside."""
    publisher = KafkaPublisher(services.kafka, topic, {"compression.type": "none"})
    assert publisher.largest_bytes > 500_000
    _limit(admin(services.kafka), topic, 3_000)
    for number in range(1, 61):
        note = "x" * (5_000 if number == 30 else 10)
        app.execute("INSERT INTO certificate (id, note) VALUES (%s, %s)", [number, note])
    Relay(PostgresOutbox(app_url, schema="public", holder="test"), publisher).drain()

    events = firsts(events_on(services.kafka, topic))
    subjects = [event.subject for event in events if event.type == "model.created"]
    assert len(subjects) == 59
    assert "cap.Certificate/30" not in subjects
    [told] = [event.payload() for event in events if event.type == "event.set_aside"]
    assert isinstance(told, EventSetAside)
    [(seq, reason)] = app.execute("SELECT seq, reason FROM backstory_set_aside").fetchall()
    assert (told.outbox_seq, told.reason) == (seq, reason)
    assert sequence_of(seq) in reason


def test_broker_restart_under_traffic(
    app: Connection, app_url: str, private_kafka: EmbeddedKafka
) -> None:
    """While the broker is away the relay waits, and writes of the application do not."""
    kafka = private_kafka.bootstrap_servers
    create_topic(admin(kafka), "restarted", partitions=6)
    with _relaying(app_url, kafka, "restarted"):
        for number in range(1, 301):
            app.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
            if number == 100:
                private_kafka.kill()
            if number == 200:
                private_kafka.start()
    outbox = PostgresOutbox(app_url, schema="public", holder="last")
    Relay(outbox, KafkaPublisher(kafka, "restarted")).drain()

    created = firsts(events_on(kafka, "restarted", "model.created"))
    assert len(created) == 300


def test_server_crash_under_asynchronous_commit(
    private_postgres: EmbeddedPostgres, services: Services, topic: str
) -> None:
    """What the crash took back was not published, though others had seen it committed."""
    url = private_postgres.url()
    prepare(url)
    with psycopg.connect(url, autocommit=True) as writer:
        writer.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        writer.execute("SELECT pg_reload_conf()")
        writer.execute("SET synchronous_commit = off")
        with _relaying(url, services.kafka, topic):
            try:
                for number in range(1, 2_001):
                    writer.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
                    if number == 1_500:
                        private_postgres.kill()
            except psycopg.OperationalError:
                private_postgres.start()
    with psycopg.connect(url, autocommit=True) as again:
        kept = {row[0] for row in again.execute("SELECT id FROM certificate").fetchall()}
        again.execute("INSERT INTO certificate (id) SELECT i FROM generate_series(3001, 3020) AS i")
    outbox = PostgresOutbox(url, schema="public", holder="last")
    Relay(outbox, KafkaPublisher(services.kafka, topic)).drain()

    told = {str(e.subject) for e in events_on(services.kafka, topic, "model.created")}
    assert told == {f"cap.Certificate/{number}" for number in kept | set(range(3_001, 3_021))}


@contextmanager
def _relaying(url: str, kafka: str, topic: str) -> Iterator[None]:
    stop = Event()
    outbox = PostgresOutbox(
        url, schema="public", holder="relaying", limits=OutboxLimits(page_rows=20)
    )
    relay = Relay(outbox, KafkaPublisher(kafka, topic), stop=stop, grace_s=1)
    thread = Thread(target=relay.run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _limit(client: AdminClient, topic: str, largest_bytes: int) -> None:
    """Let a topic take smaller events from now on."""
    from confluent_kafka.admin import (  # type: ignore[attr-defined]
        AlterConfigOpType,
        ConfigEntry,
        ConfigResource,
    )

    entry = ConfigEntry(
        "max.message.bytes", str(largest_bytes), incremental_operation=AlterConfigOpType.SET
    )
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
    client.incremental_alter_configs([resource])[resource].result(10)
