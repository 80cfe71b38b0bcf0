"""A part of the topic once more through one consumer, beside the group that reads it live."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import Any, Final, TypeVar

from .consumer import Consumer, OnReplay
from .errors import ConsumeError, TopicRecreated
from .records import Batch, Record, Written
from .replay import Asked
from .replay.kafka import TopicPart
from .replay.pace import Pace
from .replay.planning import planned
from .settings import PersisterSettings

logger = logging.getLogger("backstory.consumers")

_Outcome = TypeVar("_Outcome")

_BATCH: Final = 2_000
_WAIT_S: Final = 0.1
_PAUSE_S: Final = 1.0


class ReplayRefused(ConsumeError):  # noqa: N818
    """The consumer did not declare that events may come to it again; nothing was done."""

    def __init__(self, consumer: str) -> None:
        super().__init__(
            f"consumer {consumer!r} refuses a replay: it would tell people or others again what "
            "they were told, and nothing was sent. A consumer that is safe says on_replay="
            "OnReplay.RUN"
        )
        self.consumer = consumer


def refuse_unless_safe(consumer: Consumer) -> None:
    """Raise ReplayRefused unless the consumer declared itself safe."""
    if consumer.on_replay is not OnReplay.RUN:
        raise ReplayRefused(consumer.name)


def replay_consumer(
    consumer: Consumer,
    settings: PersisterSettings,
    asked: Asked,
    *,
    stop: threading.Event,
    per_second: float | None = None,
    kept: Callable[[Written], Any],
) -> bool:
    """Send what is asked for through a consumer, up to the topic's present end; False if stopped.

    No offset moves, and no group is joined: the live consumer goes on. What is no event is the live
    consumer's to reject. Its sink is closed by the caller. What passes by itself, as a broker that
    is away, is waited out; when stopped meanwhile, it is raised.
    Raises ReplayRefused, ReplayRangeGone, TopicRecreated, SourceRefused, SinkRefused.
    """
    refuse_unless_safe(consumer)
    pace, config = Pace(per_second), settings.kafka_config
    with closing(
        TopicPart(settings.kafka_servers, settings.topic, pace=pace, config=config)
    ) as source:
        topic_id, next_offsets, targets = _patiently(partial(_plan, source, asked), stop)
        source.aim(targets)
        while any(next_offsets[p] < target for p, target in targets.items()):
            if stop.is_set():
                return False
            records = _patiently(partial(_read, source, next_offsets, topic_id), stop)
            events = [e for e in consumer.sift(records)[0] if asked.selection.accepts(e[1])]
            if events:
                batch = _batch(consumer, source.topic, topic_id, events)
                kept(_patiently(partial(consumer.sink.write, batch), stop))
            next_offsets.update({record.partition: record.offset + 1 for record in records})
    return not stop.is_set()


def _plan(source: TopicPart, asked: Asked) -> tuple[str, dict[int, int], dict[int, int]]:
    """The topic's id; by partition, the first offset to read, and the one to read up to."""
    places = planned(source, asked)
    ends = {p: high for p, (_, high) in source.bounds().items()}
    targets = {e.partition: ends[e.partition] if e.last is None else e.last for e in places}
    return source.topic_id(), {each.partition: each.first for each in places}, targets


def _read(source: TopicPart, next_offsets: Mapping[int, int], topic_id: str) -> list[Record]:
    """The next records; after a failure from these offsets on, if the topic is still the same."""
    try:
        if source.waiting():
            if (found := source.topic_id()) != topic_id:
                reason = f"its id was {topic_id} when the replay began and is {found}"
                raise TopicRecreated(source.topic, reason)
            source.start(next_offsets)
        return source.poll(_BATCH, _WAIT_S)
    except ConsumeError:
        source.rewind()
        raise


def _batch(consumer: Consumer, topic: str, topic_id: str, events: list[Any]) -> Batch:
    return Batch(
        consumer=consumer.name,
        topic=topic,
        topic_id=topic_id,
        events=events,
        rejected=(),
        moves={},
    )


def _patiently(step: Callable[[], _Outcome], stop: threading.Event) -> _Outcome:
    """Do it again and again while what hinders it passes by itself."""
    while True:
        try:
            return step()
        except ConsumeError as error:
            if not error.retryable:
                raise
            logger.warning("%s; again in %.1f s", error, _PAUSE_S)
            if stop.wait(_PAUSE_S):
                raise
