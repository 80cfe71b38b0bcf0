"""What is sent past the outbox: never waits, is bounded, and what is dropped is counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from infra.embedded import EmbeddedKafka
from infra.kafka import admin, create_topic
from infra.services import Services
from producer import DirectKafka, Record, direct_record
from producer.direct import Drops
from producer.direct.drops import TOLD_EVERY_S
from schemas import Context, PageViewed, Request, decode, encode_payload
from tests.producer.topic_reading import events_on, messages_on

AT = datetime(2026, 1, 1, 9, 30, 0, 123456, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PLENTY = 2**20
LITTLE = 2**16


def viewed(path: str = "/", context: Context | None = None, subject: str | None = None) -> Record:
    """Return the event of a page view."""
    data = encode_payload(PageViewed(path=path, duration_ms=1.5))
    return direct_record("shop", "page.viewed", 1, subject, data, context or Context(), AT)


def paths_on(kafka: str, topic: str) -> list[str]:
    """Return the paths of the page views on a topic."""
    payloads = [event.payload() for event in events_on(kafka, topic)]
    return [payload.path for payload in payloads if isinstance(payload, PageViewed)]


@pytest.fixture
def nobody() -> Iterator[DirectKafka]:
    """Sends to a broker that is not there, with little memory."""
    made = DirectKafka("127.0.0.1:1", "events", memory_bytes=LITTLE)
    yield made
    made.close(0)


def test_an_event_is_shaped_as_the_relay_shapes_it() -> None:
    """Key, headers, id of version 7 by its time; its sequence is its time, for want of a row."""
    context = Context(request=Request(id="r-1", path="/"), trace=TRACE, entity="shop.Company/1")

    record = viewed("/a", context)

    event = decode(record.value)
    assert (event.type, event.source, event.time, event.context) == (
        "page.viewed",
        "shop",
        AT,
        context,
    )
    assert event.payload() == PageViewed(path="/a", duration_ms=1.5)
    assert event.id.version == 7
    assert event.id.int >> 80 == AT.timestamp() * 1000 // 1
    assert record.sequence == event.sequence == "0001767259800123456.000000"
    assert record.key == "r-1"
    assert dict(record.headers) == {
        "content-type": b"application/cloudevents+json",
        "traceparent": TRACE.encode(),
    }
    assert viewed(subject="shop.Company/1").key == "shop.Company/1"


def test_events_of_one_microsecond_have_ids_of_their_own() -> None:
    """Nothing numbers them, and processes share a clock."""
    assert len({decode(viewed().value).id for _ in range(1000)}) == 1000


def test_what_is_sent_lands(services: Services, topic: str) -> None:
    """On the partition where the relay puts the key."""
    direct = DirectKafka(services.kafka, topic, memory_bytes=PLENTY)
    record = viewed("/a")

    direct.send("page.viewed", record)
    direct.close(10)

    [message] = messages_on(services.kafka, topic)
    assert (message.key(), message.value()) == (record.key.encode(), record.value)
    assert direct.drops.take() == []


def test_a_full_memory_drops_what_comes_and_counts_it(nobody: DirectKafka) -> None:
    """64 kB hold 64 events; the oldest stay."""
    for _ in range(100):
        nobody.send("page.viewed", viewed())

    [dropped] = nobody.drops.take()
    assert (dropped.event_type, dropped.count) == ("page.viewed", 36)
    assert "65,536 bytes was full" in dropped.reason
    assert dropped.since <= dropped.until


def test_the_bound_of_the_memory_cannot_be_configured_away() -> None:
    """An installation's settings are for the connection."""
    loose = {"queue.buffering.max.messages": "0", "queue.buffering.max.kbytes": "1000000"}
    direct = DirectKafka("127.0.0.1:1", "events", loose, memory_bytes=LITTLE)
    for _ in range(65):
        direct.send("page.viewed", viewed())

    assert [dropped.count for dropped in direct.drops.take()] == [1]
    direct.close(0)


def test_large_events_fill_the_memory_by_their_bytes(nobody: DirectKafka) -> None:
    """Not by their number."""
    for _ in range(10):
        nobody.send("page.viewed", viewed("/" + "x" * 20_000))

    [dropped] = nobody.drops.take()
    assert dropped.count >= 6


def test_what_is_left_at_the_end_is_counted(nobody: DirectKafka) -> None:
    """Waiting has its bound."""
    for _ in range(3):
        nobody.send("page.viewed", viewed())
    nobody.close(0.1)

    [dropped] = nobody.drops.take()
    assert (dropped.event_type, dropped.count) == ("page.viewed", 3)
    assert "ended" in dropped.reason


def test_what_kafka_refuses_is_counted(services: Services, topic: str) -> None:
    """An event larger than the client takes, and a setting that no client understands."""
    direct = DirectKafka(services.kafka, topic, memory_bytes=2**24)
    direct.send("page.viewed", viewed("/" + "x" * 1_500_000))
    direct.close(10)
    broken = DirectKafka(services.kafka, topic, {"no.such.setting": "1"}, memory_bytes=PLENTY)
    broken.send("page.viewed", viewed())

    [too_large], [unknown] = direct.drops.take(), broken.drops.take()
    assert "too large" in too_large.reason
    assert "no.such.setting" in unknown.reason


def test_a_broker_that_comes_back_gets_what_was_kept(private_kafka: EmbeddedKafka) -> None:
    """What the memory holds is not lost; what came on top is dropped, and counted."""
    kafka = private_kafka.bootstrap_servers
    create_topic(admin(kafka), "events", partitions=1)
    direct = DirectKafka(kafka, "events", memory_bytes=LITTLE)
    direct.send("page.viewed", viewed("/before"))
    direct.close(10)
    private_kafka.kill()
    for number in range(100):
        direct.send("page.viewed", viewed(f"/{number}"))
    private_kafka.start()
    direct.close(60)

    assert paths_on(kafka, "events") == ["/before", *(f"/{number}" for number in range(64))]
    assert [dropped.count for dropped in direct.drops.take()] == [36]


_FORKING = """
import os, sys
from tests.producer.test_direct import DirectKafka, PLENTY, viewed

direct = DirectKafka(sys.argv[1], sys.argv[2], memory_bytes=PLENTY)
direct.send("page.viewed", viewed("/parent"))
direct._made().flush(10)  # connected: no thread holds getaddrinfo's lock while this one forks
direct.drops.add("page.viewed", "of the parent")
child = os.fork()
direct.send("page.viewed", viewed("/child" if child == 0 else "/parent again"))
direct.close(10)
if child == 0:
    sys.exit(len(direct.drops.take()))
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_a_forked_process_sends_on_its_own(services: Services, topic: str) -> None:
    """As below a preloading gunicorn: nothing is sent twice, and each tells its own drops."""
    command = [sys.executable, "-c", _FORKING, services.kafka, topic]
    subprocess.run(command, check=True, timeout=60)

    assert sorted(paths_on(services.kafka, topic)) == ["/child", "/parent", "/parent again"]


_FORKING_WITH_SOMETHING_UNSENT = """
import os, sys
from tests.producer.test_direct import DirectKafka, PLENTY, viewed

direct = DirectKafka("127.0.0.1:1", "events", memory_bytes=PLENTY)
direct.send("page.viewed", viewed())
child = os.fork()
if child:
    os.waitpid(child, 0)
    direct.close(0)
"""


def test_the_end_of_a_forked_process_does_not_wait_for_the_threads_of_its_parent() -> None:
    """Destroying what the parent's threads are to send would."""
    command = [sys.executable, "-c", _FORKING_WITH_SOMETHING_UNSENT]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            assert process.wait(20) == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_drops_are_told_at_once_and_then_once_a_minute() -> None:
    """A site under load drops thousands a second."""
    now = 0.0
    drops = Drops(clock=lambda: now)
    drops.add("page.viewed", "full")
    assert [dropped.count for dropped in drops.due()] == [1]
    drops.add("page.viewed", "full")
    drops.add("page.viewed", "full")
    drops.add("page.seen", "full")
    assert drops.due() == []

    now = TOLD_EVERY_S

    assert {(each.event_type, each.count) for each in drops.due()} == {
        ("page.viewed", 2),
        ("page.seen", 1),
    }
    assert drops.take() == []


def test_drops_that_could_not_be_told_are_added_to_the_next() -> None:
    """From the first of them on."""
    drops = Drops()
    drops.add("page.viewed", "full")
    first = drops.take()
    drops.add("page.viewed", "full")
    drops.put_back(first)

    [dropped] = drops.take()
    assert (dropped.count, dropped.since) == (2, first[0].since)
    assert dropped.until - dropped.since < timedelta(minutes=1)
