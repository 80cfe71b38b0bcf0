"""The one loop behind every consumer: poll, decode, accept, write, commit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from .beginning import Beginning, begin_at_end
from .consumer import Consumer
from .dead import Rejections
from .errors import ConsumeError, TopicRecreated
from .health import Health
from .metrics import ConsumerMetrics
from .ports import DeadLetterTopic, Source
from .records import Batch, DeadLetter, Move, Position, Record, Written

logger = logging.getLogger("backstory.consumers")

_FIRST_PAUSE_S = 0.1
_POLL_WHILE_PAUSED_S = 0.2
_LOOK_S = 5.0


class Processor:
    """Run one consumer over one source.

    After any failure nothing is remembered but what the sink stored: partitions wait, their offsets
    are read again, and the records come again.
    """

    def __init__(
        self,
        consumer: Consumer,
        source: Source,
        *,
        dead_letters: DeadLetterTopic | None = None,
        metrics: ConsumerMetrics | None = None,
        health: Health | None = None,
        limit: int = 2000,
        wait_s: float = 0.025,
        longest_pause_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.consumer = consumer
        self.source = source
        self._dead_letters = dead_letters
        self._metrics = metrics or ConsumerMetrics.unregistered()
        self._health = health or Health(consumer.name)
        self._limit = limit
        self._wait_s = wait_s
        self._longest_pause_s = longest_pause_s
        self._clock = clock
        self._topic_id = ""
        self._failures = 0  # since a batch was last settled
        self._looked_at = 0.0
        self._rejections = Rejections(consumer.dead_limit)
        self._stored: dict[int, int | None] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; wait out what is transient, raise what is not."""

        def step() -> bool:
            self.run_once()
            return True

        self._repeat(step, stop)

    def drain(
        self,
        stop: threading.Event,
        require: Callable[[Mapping[int, Position]], None] = lambda positions: None,
    ) -> None:
        """Work until all that the topic held at the first look is kept, by whichever process.

        ``require`` may refuse at that look, by raising, where the sink says that we stand.
        """
        ends: dict[int, int] = {}
        looked = False

        def step() -> bool:
            nonlocal looked
            if not looked:
                require(self._positions())  # also asks a sink that could not take anything
                ends.update(self.source.ends())
                looked = True
            return not self._has_reached(ends, idle=self.run_once() == 0)

        self._repeat(step, stop)

    def run_once(self) -> int:
        """Settle one batch; how many records it had. After an error they come again."""
        try:
            self._start_waiting()
            self._health.begins("reading")
            records = self.source.poll(self._limit, self._wait_s)
            if not records:
                self._rest()
                return 0
            began = self._clock()
            batch = self._batch(records)
            self._health.found(batch.oldest_at)
            self._health.begins(f"writing {len(records)} records to {self.consumer.sink.name!r}")
            written = self.consumer.sink.write(batch)
        except ConsumeError as error:
            self._health.waits(str(error))
            self._metrics.failure(self.consumer.name, type(error).__name__)
            self.source.rewind()
            self._looked_at = 0.0
            raise
        self._settle(batch, written, began)
        return len(records)

    def _repeat(self, step: Callable[[], bool], stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if not step():
                    return
            except ConsumeError as error:
                if not error.retryable:
                    raise
                self._pause(error, stop)

    def _pause(self, error: ConsumeError, stop: threading.Event) -> None:
        """Wait longer each time, polling so that the group keeps us; all partitions wait."""
        pause_s = min(self._longest_pause_s, _FIRST_PAUSE_S * 2 ** min(self._failures, 10))
        self._failures += 1
        logger.warning(
            "%s; again in %.1f s",
            error,
            pause_s,
            extra={"consumer": self.consumer.name, "error": type(error).__name__},
        )
        until = time.monotonic() + pause_s
        while (left_s := until - time.monotonic()) > 0 and not stop.is_set():
            wait_s = min(left_s, _POLL_WHILE_PAUSED_S)
            try:
                self.source.poll(1, wait_s)
            except ConsumeError as again:
                if not again.retryable:
                    raise
                stop.wait(wait_s)

    def _rest(self) -> None:
        """Nothing came: ask the broker, now and then, whether there is nothing.

        One that is frozen or unreachable is as silent as one that is idle; so is, to its reader, a
        topic that was deleted and created again.
        """
        self._metrics.idle(self.consumer.name, self.source.lag())
        now = time.monotonic()
        if now - self._looked_at < _LOOK_S:
            return
        self._health.begins("asking Kafka how far the topic goes")
        if self.source.started():
            self._require_same_topic(self._topic_id, self.source.topic_id())
        ends, stored = self.source.ends(), self._stored
        if any(ends.get(p, 0) > (stored[p] or 0) for p in self.source.started()):
            self._health.found(None)
        else:
            self._health.advanced()
        self._looked_at = now

    def _start_waiting(self) -> None:
        """Begin newly assigned partitions where the sink, not the broker, says that we are."""
        waiting = self.source.waiting()
        if not waiting:
            return
        self._health.begins("asking where to begin")
        self._topic_id = self.source.topic_id()
        positions = self._positions()
        if not positions and self.consumer.beginning is Beginning.END:
            begin_at_end(self.consumer, self.source)
            positions = self._positions()
        for partition, position in positions.items():
            if partition in waiting:
                self._require_same_topic(position.topic_id, self._topic_id)
        starts = {p: positions[p].next_offset if p in positions else None for p in waiting}
        unread = 0 if self.consumer.beginning is Beginning.FIRST else None
        self.source.start({p: unread if at is None else at for p, at in starts.items()})
        self._stored.update(starts)
        self._recall(starts)
        logger.info(
            "partitions assigned",
            extra={"consumer": self.consumer.name, "topic": self.source.topic, "starts": starts},
        )

    def _require_same_topic(self, before: str, now: str) -> None:
        if now != before:
            reason = f"its id was {before} and is {now}"
            raise TopicRecreated(self.source.topic, reason)

    def _recall(self, starts: Mapping[int, int | None]) -> None:
        """Count the dead letters behind the partitions that begin now; forget the others'."""
        since = self._rejections.since({p: start for p, start in starts.items() if start})
        name, topic = self.consumer.name, self.source.topic
        kept = self.consumer.sink.unsettled(name, topic, since) if since else {}
        self._rejections.retain(self.source.started())
        self._rejections.begin(kept)

    def _batch(self, records: list[Record]) -> Batch:
        events, rejected = self.consumer.sift(records)
        moves = self._moves(records)
        return Batch(
            consumer=self.consumer.name,
            topic=self.source.topic,
            topic_id=self._topic_id,
            events=events,
            rejected=rejected,
            moves=moves,
            allow=partial(self._rejections.check, self.consumer.name, moves),
        )

    def _moves(self, records: list[Record]) -> dict[int, Move]:
        ends = {record.partition: record.offset + 1 for record in records}
        return {p: Move(expected=self._stored[p], next=end) for p, end in ends.items()}

    def _settle(self, batch: Batch, written: Written, began: float) -> None:
        """The sink has committed: remember, tell the dead letter topic, the group, Prometheus."""
        moved = {partition: move.next for partition, move in batch.moves.items()}
        self._stored.update(moved)
        self._failures = 0
        name = self.consumer.name
        if written.dead:
            self._rejections.add(written.dead)
            for letter in written.dead:
                self._log_dead(letter)
            if self._dead_letters is not None:
                self._dead_letters.publish(name, batch.topic, written.dead)
        self.source.commit(moved)
        lag = self.source.lag()
        self._health.advanced(batch.left_at if lag else None)
        self._metrics.batch(name, written, seconds=self._clock() - began, lag_events=lag)

    def _log_dead(self, letter: DeadLetter) -> None:
        logger.error(
            "dead letter: %s",
            letter.reason,
            extra={
                "consumer": self.consumer.name,
                "topic": self.source.topic,
                "partition": letter.record.partition,
                "offset": letter.record.offset,
            },
        )

    def _positions(self) -> Mapping[int, Position]:
        return self.consumer.sink.positions(self.consumer.name, self.source.topic)

    def _has_reached(self, ends: Mapping[int, int], *, idle: bool) -> bool:
        """Whether each partition is kept to its end: by our count or, when idle, by the sink's."""
        if all((self._stored.get(p) or 0) >= end for p, end in ends.items()):
            return True
        if not idle:
            return False
        positions = self._positions()
        return all(p in positions and positions[p].next_offset >= end for p, end in ends.items())
