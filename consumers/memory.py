"""A source, a sink and a dead letter topic in memory, for tests of ours and of applications."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from schemas import Event, encode

from .errors import AlreadySettled, ConsumeError, MissingRange, OffsetConflict, TopicRecreated
from .records import Act, Batch, DeadLetter, Position, Record, Written


class MemorySource:
    """A topic of one process. Events given at construction are in partition 0."""

    def __init__(
        self, events: Iterable[Event] = (), *, topic: str = "memory", partitions: int = 1
    ) -> None:
        self.topic = topic
        self.identity = "memory-1"
        self.committed: dict[int, int] = {}
        self.expired: dict[int, int] = {}
        self._records: dict[int, list[Record]] = {p: [] for p in range(partitions)}
        self._next: dict[int, int] = {}
        self._waiting = set(self._records)
        for event in events:
            self.add(encode(event), key=event.subject.encode() if event.subject else None)

    def add(self, value: bytes | None, *, key: bytes | None = None, partition: int = 0) -> Record:
        """Append a record, as a producer would."""
        offset = len(self._records[partition])
        record = Record(partition=partition, offset=offset, key=key, value=value)
        self._records[partition].append(record)
        return record

    def expire(self, partition: int, before: int) -> None:
        """Drop the records before an offset, as retention would."""
        self.expired[partition] = before

    def topic_id(self) -> str:
        return self.identity

    def waiting(self) -> Collection[int]:
        return frozenset(self._waiting)

    def started(self) -> Collection[int]:
        return frozenset(self._next)

    def start(self, offsets: Mapping[int, int | None]) -> None:
        for partition, offset in offsets.items():
            first = self.expired.get(partition, 0)
            self._next[partition] = first if offset is None else offset
            self._waiting.discard(partition)

    def poll(self, limit: int, wait_s: float) -> list[Record]:
        found: list[Record] = []
        for partition in sorted(self._next):
            self._check(partition, self._next[partition])
            start = self._next[partition]
            taken = self._records[partition][start : start + limit - len(found)]
            self._next[partition] += len(taken)
            found.extend(taken)
        return found

    def rewind(self) -> None:
        self._next.clear()
        self._waiting = set(self._records)

    def commit(self, offsets: Mapping[int, int]) -> None:
        self.committed.update(offsets)

    def ends(self) -> Mapping[int, int]:
        return {p: len(r) for p, r in self._records.items() if len(r) > self.expired.get(p, 0)}

    def lag(self) -> int:
        return sum(len(self._records[p]) - start for p, start in self._next.items())

    def close(self) -> None:
        self._next.clear()
        self._waiting.clear()

    def _check(self, partition: int, start: int) -> None:
        first, end = self.expired.get(partition, 0), len(self._records[partition])
        if start < first:
            raise MissingRange(self.topic, partition, start, first)
        if start > end:
            raise TopicRecreated(
                self.topic, f"partition {partition} ends at {end}, read to {start}"
            )


class MemorySink:
    """Keeps events in a list, each id once; the next writes raise ``failures``, one each.

    A dead letter's number is its place in ``dead``.
    """

    name = "memory"

    def __init__(self, failures: Iterable[ConsumeError] = ()) -> None:
        self.events: list[Event] = []
        self.dead: list[DeadLetter] = []
        self.acts: dict[int, Act] = {}
        self.failures = list(failures)
        self._read_by: list[tuple[str, str]] = []
        self._positions: dict[tuple[str, str], dict[int, Position]] = {}

    def positions(self, consumer: str, topic: str) -> Mapping[int, Position]:
        return dict(self._positions.get((consumer, topic), {}))

    def unsettled(
        self, consumer: str, topic: str, since: Mapping[int, int]
    ) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {partition: [] for partition in since}
        for number, letter in enumerate(self.dead):
            if (consumer, topic) != self._read_by[number]:
                continue
            partition, offset = letter.record.partition, letter.record.offset
            if number not in self.acts and offset >= since.get(partition, offset + 1):
                found[partition].append(offset)
        return found

    def write(self, batch: Batch) -> Written:
        if self.failures:
            raise self.failures.pop(0)
        batch.allow(batch.rejected)
        for act in batch.acts:
            if act.letter in self.acts:
                raise AlreadySettled(act.letter)
        positions = self._positions.setdefault((batch.consumer, batch.topic), {})
        lost = [p for p, move in batch.moves.items() if _stored(positions, p) != move.expected]
        if lost:
            raise OffsetConflict(batch.consumer, batch.topic, lost)
        positions.update({p: Position(m.next, batch.topic_id) for p, m in batch.moves.items()})
        kept = {event.id for event in self.events}
        new = {event.id: event for _, event in batch.events if event.id not in kept}
        self.events.extend(new.values())
        self.dead.extend(batch.rejected)
        self._read_by += [(batch.consumer, batch.topic)] * len(batch.rejected)
        self.acts.update({act.letter: act for act in batch.acts})
        return Written(len(new), len(batch.events) - len(new), tuple(batch.rejected))

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryDeadLetterTopic:
    """Remembers what was published."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []

    def publish(self, consumer: str, topic: str, letters: Sequence[DeadLetter]) -> None:
        self.letters.extend(letters)

    def close(self) -> None:
        """All have arrived."""


def _stored(positions: Mapping[int, Position], partition: int) -> int | None:
    return positions[partition].next_offset if partition in positions else None
