"""Offsets that cannot be read: nothing is skipped or mixed before somebody has decided."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from confluent_kafka.admin import NewPartitions

from consumers import MissingRange, PersisterSettings, TopicRecreated, create_topics, persist_events
from infra.databases import create_database, drop_database
from infra.kafka import admin, delete_topic
from infra.services import Services
from infra.waiting import wait_until
from schemas import Event
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import Produce, producing_to
from tests.consumers.test_sources import delete_before
from tests.factories import an_event
from tests.offsets.conftest import Persist, Run

DECISIONS = "SELECT kind, actor, reason, facts FROM history.decisions ORDER BY id"


@pytest.fixture
def produce(services: Services, topic: str) -> Produce:
    return producing_to(services.kafka, topic)


def ids_of(events: Sequence[Event]) -> list[str]:
    return sorted(str(event.id) for event in events)


def kept(history: str) -> list[str]:
    return sorted(map(str, kept_ids(history)))


def recreate(servers: str, topic: str) -> None:
    client = admin(servers)
    delete_topic(client, topic)
    assert wait_until(lambda: topic not in client.list_topics(timeout=10).topics, timeout_s=10)
    create_topics(servers, [topic])


def test_missing_range_is_skipped_only_by_a_recorded_decision(
    services: Services, topic: str, history: str, produce: Produce, persist: Persist, run: Run
):
    """The error and `show` name the range; who skipped it and why stays; the rest is read."""
    events = [an_event() for _ in range(6)]
    produce(events[:1])
    persist(history)
    produce(events[1:])
    delete_before(services.kafka, topic, offset=4)
    for _ in range(2):  # a restart changes nothing
        with pytest.raises(MissingRange, match=r"partition 0: offsets 1 to 3 .* which is of 20"):
            persist(history)

    shown = run("show", "--json")
    assert shown.exit_code == 3
    (standing,) = json.loads(shown.stdout)["offsets"]
    assert (standing["obstacle"], standing["next_offset"]) == ("missing range", 1)
    assert run("skip").exit_code == 2
    assert run("skip", "--reason", "").exit_code == 1
    with pytest.raises(MissingRange):
        persist(history)

    done = run("skip", "--partition", "0", "--actor", "ann", "--reason", "no copy exists")

    assert done.exit_code == 0, done.output
    ((kind, actor, reason, facts),) = rows(history, DECISIONS)
    assert (kind, actor, reason) == ("range skipped", "ann", "no copy exists")
    assert (facts["partition"], facts["first_offset"], facts["last_offset"]) == (0, 1, 3)
    assert facts["last_kept_at"] < facts["next_published_at"]
    persist(history)
    assert kept(history) == ids_of([events[0], *events[4:]])
    assert run("show").exit_code == 0
    assert run("skip", "--reason", "again").exit_code == 1


def test_partition_that_lost_records_before_anybody_read_it_is_no_beginning(
    services: Services, topic: str, history: str, produce: Produce, persist: Persist, run: Run
):
    """No stored offset says that something is missing; a new history starts with all or asks."""
    events = [an_event() for _ in range(5)]
    produce(events[:1])
    produce(events[1:], partition=2)
    delete_before(services.kafka, topic, offset=3, partition=2)
    with pytest.raises(MissingRange, match="partition 2: offsets 0 to 2 are gone"):
        persist(history)

    shown = run("show")
    assert shown.exit_code == 3
    assert f"{topic} {topic}/2: next 0, never read; the topic has 3 to 3" in shown.stdout
    assert run("skip", "--actor", "ann", "--reason", "no copy exists").exit_code == 0

    ((kind, _, _, facts),) = rows(history, DECISIONS)
    assert (kind, facts["partition"], facts["last_offset"]) == ("range skipped", 2, 2)
    assert facts["last_kept_at"] is None
    persist(history)
    assert kept(history) == ids_of([events[0], events[4]])
    assert run("show").exit_code == 0


def test_topic_of_which_all_is_gone_is_not_read_to_its_end(
    services: Services, topic: str, history: str, produce: Produce, persist: Persist, run: Run
):
    """`persist --once` has nothing to read, and says what it should have read."""
    produce([an_event() for _ in range(4)])
    delete_before(services.kafka, topic, offset=4)

    with pytest.raises(MissingRange, match="partition 0: offsets 0 to 3 are gone"):
        persist(history)

    assert run("skip", "--reason", "no copy exists").exit_code == 0
    persist(history)


def test_recreated_topic_is_read_from_its_beginning_by_a_recorded_decision(
    services: Services, topic: str, history: str, produce: Produce, persist: Persist, run: Run
):
    """Longer than before or not: old offsets never count new events."""
    old, new = [an_event() for _ in range(3)], [an_event() for _ in range(5)]
    produce(old)
    persist(history)
    recreate(services.kafka, topic)
    producing_to(services.kafka, topic)([old[2], *new])
    with pytest.raises(TopicRecreated, match="backstory offsets restart"):
        persist(history)
    assert "TOPIC RECREATED" in run("show").stdout
    assert run("skip", "--reason", "wrong way out").exit_code == 1

    done = run("restart", "--actor", "ann", "--reason", "the disk was lost")

    assert done.exit_code == 0, done.output
    ((kind, _, _, facts),) = rows(history, DECISIONS)
    assert (kind, facts["former_offsets"]) == ("topic read again", {"0": 3})
    persist(history)
    assert kept(history) == ids_of([*old, *new])
    assert run("restart", "--reason", "again").exit_code == 1


def test_decision_on_offsets_that_moved_meanwhile_is_refused(
    services: Services, topic: str, history: str, produce: Produce, persist: Persist, run: Run
):
    """A consumer that went on by itself must not be set back or forth."""
    produce([an_event() for _ in range(4)])
    persist(history)
    rows(history, "UPDATE history.offsets SET next_offset = 1")
    delete_before(services.kafka, topic, offset=3)
    rows(
        history,
        "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER meanwhile BEFORE UPDATE ON history.offsets FOR EACH ROW "
        "EXECUTE FUNCTION meanwhile()",
    )

    refused = run("skip", "--reason", "no copy exists")

    assert refused.exit_code == 1
    assert "no longer owns" in refused.output
    assert rows(history, DECISIONS) == []


def test_older_history_reads_again_what_it_lacks(
    services: Services, topic: str, history: str, produce: Produce, persist: Persist
):
    """Its offsets are as old as its rows; the group's in Kafka are not asked."""
    events = [an_event() for _ in range(40)]
    produce(events[:15])
    persist(history)
    name = history.rpartition("/")[2]
    restored = create_database(services.postgres_url, f"{name}_restored", template=name)
    try:
        produce(events[15:])
        persist(history)

        persist(restored)

        assert kept(restored) == kept(history) == ids_of(events)
    finally:
        drop_database(services.postgres_url, f"{name}_restored")


def test_added_partitions_are_read_without_a_restart(
    services: Services, topic: str, history: str, env: dict[str, str], produce: Produce
):
    """From their first record, whatever came before the group saw them."""
    before, after = an_event(), [an_event() for _ in range(6)]
    produce([before])
    with persisting(env):
        assert wait_until(lambda: len(kept_ids(history)) == 1, timeout_s=20)
        client = admin(services.kafka)
        client.create_partitions([NewPartitions(topic, 9)])[topic].result(10)
        assert wait_until(
            lambda: len(client.list_topics(topic, timeout=10).topics[topic].partitions) == 9,
            timeout_s=20,
        )
        fresh = producing_to(services.kafka, topic)
        for number, event in enumerate(after):
            fresh([event], partition=3 + number)
        assert wait_until(lambda: kept(history) == ids_of([before, *after]), timeout_s=40)


@contextmanager
def persisting(env: dict[str, str]) -> Iterator[None]:
    """A persister that runs meanwhile and looks for new partitions every second."""
    settings = PersisterSettings.from_env(
        {**env, "BACKSTORY_KAFKA_CONFIG": "topic.metadata.refresh.interval.ms=1000"}
    )
    stop, raised = threading.Event(), []

    def run() -> None:
        try:
            persist_events(settings, stop=stop)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert raised == []
