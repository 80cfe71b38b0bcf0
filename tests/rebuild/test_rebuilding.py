"""A topic made again from the history, on real servers."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event as Flag
from uuid import UUID

import pytest
from msgspec import UNSET

from consumers import PersisterSettings, RebuildIncomplete, persist_events
from infra.kafka import admin, end_offsets
from infra.rebuilding import fill_topic, look_at
from infra.services import Services
from infra.waiting import wait_until
from producer import KafkaPublisher, Record
from schemas import Event, encode, record_headers, record_key, split_sequence
from tests.consumers.observing import rows
from tests.consumers.producing import producing_to
from tests.factories import a_context, an_event
from tests.rebuild.conftest import Run, records_of

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BY_MONTH = """
SELECT date_trunc('month', occurred_at), count(*),
       sum(hashtextextended(id::text || value::text, 0)::numeric)
FROM history.events GROUP BY 1 ORDER BY 1
"""


def some_events(count: int) -> list[Event]:
    """Of objects, of requests, of nothing; traced or not; with values no parser writes the same."""
    plain = a_context(request=None)
    kinds: list[dict[str, object]] = [
        {"subject": "captable.Certificate/7"},
        {"subject": "captable.Certificate/with/slash"},
        {"subject": "no-slash", "context": a_context(trace=TRACE)},
        {"subject": UNSET, "context": a_context(trace=TRACE)},
        {"subject": UNSET, "context": plain},
        {"source": "another", "subject": "captable.Certificate/7", "context": plain},
    ]
    return [an_event(**kinds[number % len(kinds)]) for number in range(count)]


def record_of(event: Event, value: bytes | None = None) -> Record:
    request = event.context.request.id if event.context.request else ""
    key = record_key(event.subject or None, request, str(event.id))
    headers = record_headers(event.context.trace)
    return Record(key, value or encode(event), headers, event.sequence)


def publish(servers: str, topic: str, records: Sequence[Record]) -> None:
    """As the relay does."""
    publisher = KafkaPublisher(servers, topic)
    publisher.send(records)
    assert publisher.settle(20)


def persist(servers: str, topic: str, history: str) -> None:
    settings = PersisterSettings(
        kafka_servers=servers, history_url=history, topic=topic, consumer=topic
    )
    persist_events(settings, stop=Flag(), once=True)


def test_rebuilt_topic_is_the_original_byte_for_byte(
    services: Services,
    topic: str,
    new_topic: str,
    run: Run,
    make_history: Callable[[], str],
    history: str,
):
    """Same keys, values and headers; persisting it gives the same history."""
    odd = encode(an_event()).replace(b'"12.5000"', b'{"b": 1.0, "a":\t1e3, "b": "\\u00e9\xc3\xa9"}')
    events = some_events(300)
    original = [*map(record_of, events), record_of(events[0], odd)]
    publish(services.kafka, topic, original)
    persist(services.kafka, topic, history)

    done = run("rebuild-topic", "--to", new_topic, "--partitions", "6")

    assert done.exit_code == 0, done.output
    assert "all 301 events" in done.stdout
    rebuilt = records_of(services.kafka, new_topic)
    assert sorted(rebuilt) == sorted(records_of(services.kafka, topic))
    copy = make_history()
    persist(services.kafka, new_topic, copy)
    assert rows(copy, BY_MONTH) == rows(history, BY_MONTH) != []


def test_events_of_a_key_are_in_the_order_of_their_source(
    services: Services, topic: str, new_topic: str, run: Run, history: str
):
    """Whatever order they were kept in, and though ids of one millisecond say nothing."""
    events = [an_event(subject=f"captable.Certificate/{number % 3}") for number in range(200)]
    shuffled = [
        Event(
            **{**{f: getattr(e, f) for f in e.__struct_fields__}, "id": UUID(int=e.id.int ^ 0xFFFF)}
        )
        for e in events
    ]
    producing_to(services.kafka, topic)(reversed(shuffled))
    persist(services.kafka, topic, history)

    assert run("rebuild-topic", "--to", new_topic).exit_code == 0

    found: dict[bytes, list[bytes]] = {}
    for _, key, value, _ in records_of(services.kafka, new_topic):
        found.setdefault(key, []).append(value)
    for number in range(3):
        assert found[b"captable.Certificate/%d" % number] == list(map(encode, shuffled[number::3]))


def test_killed_rebuild_goes_on_where_it_stood(
    services: Services,
    topic: str,
    new_topic: str,
    env: dict[str, str],
    run: Run,
    history: str,
    tmp_path: Path,
):
    """Nothing is missing, and what is repeated comes in its order."""
    events = [an_event(subject=f"captable.Certificate/{number % 7}") for number in range(12_000)]
    producing_to(services.kafka, topic)(events)
    persist(services.kafka, topic, history)
    command = [Path(sys.executable).with_name("backstory"), "rebuild-topic", "--to", new_topic]
    variables = {**os.environ, **env, "BACKSTORY_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [*command, "--rate", "2000"], env=variables, stderr=subprocess.DEVNULL
    )
    assert wait_until(
        lambda: rows(history, "SELECT events FROM history.rebuilds") == [(5000,)], timeout_s=30
    )
    process.send_signal(signal.SIGKILL)
    process.wait(10)

    done = run("rebuild-topic", "--to", new_topic)

    assert "all 12,000 events" in done.stdout, done.output
    order = {event.id: split_sequence(event.sequence) for event in events}
    firsts: dict[bytes, dict[UUID, None]] = {}
    for _, key, value, _ in records_of(services.kafka, new_topic):
        firsts.setdefault(key, {})[UUID(value.decode().partition('"id":"')[2][:36])] = None
    assert sum(map(len, firsts.values())) == 12_000
    for ids in firsts.values():
        assert list(ids) == sorted(ids, key=order.__getitem__)
    assert sum(end_offsets(admin(services.kafka), new_topic).values()) >= 12_000


def test_topic_that_holds_something_else_is_refused(
    services: Services, topic: str, run: Run, history: str
):
    """Events of two makings in one topic would be in no order at all."""
    producing_to(services.kafka, topic)([an_event()])

    refused = run("rebuild-topic", "--to", topic)

    assert refused.exit_code == 1
    assert "name a topic that is new or empty" in refused.output
    assert sum(end_offsets(admin(services.kafka), topic).values()) == 1


def test_rebuild_that_is_finished_sends_nothing_again(
    services: Services, topic: str, new_topic: str, run: Run, history: str
):
    """Running it twice is safe."""
    producing_to(services.kafka, topic)(some_events(20))
    persist(services.kafka, topic, history)

    for _ in range(2):
        done = run("rebuild-topic", "--to", new_topic)
        assert "all 20 events" in done.stdout, done.output

    assert sum(end_offsets(admin(services.kafka), new_topic).values()) == 20


def test_rebuild_after_which_rows_are_missing_says_so(
    services: Services, topic: str, new_topic: str, history: str, run: Run
):
    """Who counts on the new topic has to know that it is not all."""
    producing_to(services.kafka, topic)(some_events(20))
    persist(services.kafka, topic, history)
    settings = PersisterSettings(kafka_servers=services.kafka, history_url=history)

    def kept_meanwhile(_: object) -> None:
        rows(history, "UPDATE history.rebuilds SET begun_at = now()")
        rows(
            history,
            "INSERT INTO history.events SELECT (e).* FROM (SELECT jsonb_populate_record(e, "
            "jsonb_build_object('id', gen_random_uuid(), 'recorded_at', now() - interval '1 h')) e "
            "FROM history.events AS e LIMIT 1) AS one",
        )

    with pytest.raises(RebuildIncomplete, match="got 20 events, the history has 21"):
        fill_topic(
            settings,
            look_at(settings, services.kafka, new_topic),
            partitions=1,
            stop=Flag(),
            report=kept_meanwhile,
        )


def test_dry_run_counts_and_sends_nothing(
    services: Services, topic: str, new_topic: str, run: Run, history: str
):
    """Somebody asks how long it will take before they begin."""
    producing_to(services.kafka, topic)(some_events(20))
    persist(services.kafka, topic, history)

    told = run("rebuild-topic", "--to", new_topic, "--dry-run")

    assert told.stdout.startswith("20 events, about 0 s"), told.output
    assert new_topic not in admin(services.kafka).list_topics(timeout=10).topics
