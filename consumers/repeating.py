"""A part of the topic once more through one consumer, beside the group that reads it live."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

from .consumer import Consumer, OnReplay
from .errors import ConsumeError
from .records import Batch, Written
from .replay import Asked
from .replay.kafka import TopicPart
from .replay.pace import Pace
from .replay.planning import planned
from .settings import PersisterSettings

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
    consumer's to reject. Its sink is closed by the caller. What passes by itself is waited out.
    Raises ReplayRefused, ReplayRangeGone, SourceRefused, SinkRefused.
    """
    refuse_unless_safe(consumer)
    pace, config = Pace(per_second), settings.kafka_config
    with closing(
        TopicPart(settings.kafka_servers, settings.topic, pace=pace, config=config)
    ) as source:
        places = planned(source, asked)
        ends = {p: high for p, (_, high) in source.bounds().items()}
        targets = {e.partition: ends[e.partition] if e.last is None else e.last for e in places}
        next_offsets = {each.partition: each.first for each in places}
        source.aim(targets)
        source.start(next_offsets)
        topic_id = source.topic_id()
        while any(next_offsets[p] < target for p, target in targets.items()):
            if stop.is_set():
                return False
            records = source.poll(_BATCH, _WAIT_S)
            events = [e for e in consumer.sift(records)[0] if asked.selection.accepts(e[1])]
            if events:
                kept(_written(consumer, _batch(consumer, source.topic, topic_id, events), stop))
            next_offsets.update({record.partition: record.offset + 1 for record in records})
    return not stop.is_set()


def _batch(consumer: Consumer, topic: str, topic_id: str, events: list[Any]) -> Batch:
    return Batch(
        consumer=consumer.name,
        topic=topic,
        topic_id=topic_id,
        events=events,
        rejected=(),
        moves={},
    )


def _written(consumer: Consumer, batch: Batch, stop: threading.Event) -> Written:
    while True:
        try:
            return consumer.sink.write(batch)
        except ConsumeError as error:
            if not error.retryable or stop.wait(_PAUSE_S):
                raise
