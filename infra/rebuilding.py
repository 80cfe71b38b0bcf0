"""From the history into a new topic: one batch under way, the next one being read meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag

from confluent_kafka import KafkaError, KafkaException, TopicCollection

from consumers import (
    PersisterSettings,
    Progress,
    Rebuild,
    RoutedEvent,
    SourceUnavailable,
    create_topics,
    rebuilding,
)
from producer import KafkaPublisher, Publisher, Record
from schemas import sequence_of

from .kafka import admin, end_offsets, has_leaders
from .waiting import wait_until

_ANSWER_S = 10.0
_LEADERS_S = 30.0
_LOOK_S = 0.5

Report = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Target:
    """The topic to be made.

    Attributes:
        topic_id: None when there is no such topic yet.
        empty: whether it never held anything.
    """

    servers: str
    topic: str
    topic_id: str | None
    empty: bool


def look_at(settings: PersisterSettings, servers: str, topic: str) -> Target:
    """What is there of the topic now; raises SourceUnavailable."""
    client = admin(servers, settings.kafka_config)
    try:
        asked = client.describe_topics(TopicCollection([topic]), request_timeout=_ANSWER_S)
        topic_id = str(asked[topic].result().topic_id)
        empty = not any(end_offsets(client, topic).values())
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return Target(servers=servers, topic=topic, topic_id=None, empty=True)
        raise SourceUnavailable(servers, str(error)) from error
    return Target(servers=servers, topic=topic, topic_id=topic_id, empty=empty)


def fill_topic(
    settings: PersisterSettings,
    target: Target,
    *,
    partitions: int,
    stop: Flag,
    rate: float = 0.0,
    report: Report,
) -> Progress:
    """Fill the topic with all the history holds; how far it came when ``stop`` was set.

    Begun again after a kill it goes on behind the last batch that was noted: events may be
    repeated, in their order, and consumers know them by id. ``rate`` is in events a second, 0 for
    no limit.
    Raises SourceRefused for a topic that holds something else, RebuildIncomplete, SinkUnavailable,
    SinkRefused, SourceUnavailable, DeliveryFailed.
    """
    if target.topic_id is None:
        config = settings.kafka_config
        create_topics(target.servers, [target.topic], partitions=partitions, config=config)
        client = admin(target.servers, config)
        wait_until(lambda: has_leaders(client, target.topic), timeout_s=_LEADERS_S)
        target = look_at(settings, target.servers, target.topic)
    assert target.topic_id is not None
    topic, topic_id = target.topic, target.topic_id
    with rebuilding(settings.history_url, topic, topic_id, empty=target.empty) as rebuild:
        if not rebuild.progress.finished:
            publisher = KafkaPublisher(target.servers, target.topic, settings.kafka_config)
            try:
                if send_all(rebuild, publisher, stop=stop, rate=rate, report=report):
                    rebuild.finish()
            finally:
                publisher.close()
        return rebuild.progress


def send_all(
    rebuild: Rebuild,
    publisher: Publisher,
    *,
    stop: Flag,
    rate: float = 0.0,
    report: Report,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Send what is left; whether that was all, and not ended by ``stop``.

    A batch is settled before the next is sent: what fails in the middle inverts no key.
    """
    under_way: list[RoutedEvent] = []
    began, sent = clock(), 0
    for batch in rebuild.batches():
        if not _settled(rebuild, publisher, under_way, stop, report):
            return False
        if rate and stop.wait(max(0.0, began + sent / rate - clock())):
            return False
        publisher.send([_record(routed) for routed in batch])
        under_way, sent = batch, sent + len(batch)
    return _settled(rebuild, publisher, under_way, stop, report)


def _settled(
    rebuild: Rebuild, publisher: Publisher, batch: list[RoutedEvent], stop: Flag, report: Report
) -> bool:
    """Wait for a batch and note it; False when ``stop`` came first."""
    if not batch:
        return not stop.is_set()
    while not publisher.settle(_LOOK_S):
        if stop.is_set():
            return False
    rebuild.acknowledged(batch)
    report(rebuild.progress)
    return not stop.is_set()


def _record(routed: RoutedEvent) -> Record:
    _, sequence, position, _ = routed.place
    return Record(routed.key, routed.value, routed.headers, sequence_of(sequence, position))
