"""What travels through the loop: records in, batches to a sink, dead letters out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from schemas import Event

ReadHeaders = Callable[[], Any]
"""Returns a list of (name, value), or None."""


def no_headers() -> None:
    """A record without headers."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record of a topic. Headers are read when asked for: they cost more than the value."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    read_headers: ReadHeaders = no_headers

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """Name and value, in order; an empty value for none."""
        return [(name, value or b"") for name, value in self.read_headers() or ()]


@dataclass(frozen=True)
class DeadLetter:
    """A record that cannot be used, and why."""

    record: Record
    reason: str


@dataclass(frozen=True)
class Position:
    """The next offset a consumer needs of a partition, and in which topic of that name."""

    next_offset: int
    topic_id: str


@dataclass(frozen=True)
class Move:
    """One partition's step: ``expected`` is stored now (None: nothing yet), ``next`` will be."""

    expected: int | None
    next: int


@dataclass(frozen=True)
class Act:
    """What a person did about a dead letter.

    Attributes:
        letter: number of the letter in the sink.
        kind: ``retried`` or ``dropped``.
        actor: who.
        reason: why, in the actor's words.
        event: the event that tells of it, encoded.
    """

    letter: int
    kind: str
    actor: str
    reason: str
    event: bytes


def any_letters(letters: Sequence[DeadLetter]) -> None:
    """Allow them."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a sink keeps in one transaction: events, rejected records and the offsets after them.

    Attributes:
        allow: called with all dead letters before anything is committed; raises to refuse all.
        acts: on the dead letters that this batch settles.
    """

    consumer: str
    topic: str
    topic_id: str
    events: Sequence[tuple[Record, Event]]
    rejected: Sequence[DeadLetter]
    moves: Mapping[int, Move]
    allow: Callable[[Sequence[DeadLetter]], None] = any_letters
    acts: Sequence[Act] = ()

    @property
    def oldest_at(self) -> float | None:
        """When the oldest of its events happened, in seconds since 1970."""
        if not self.events:
            return None
        return min(event.time for _, event in self.events).timestamp()

    @property
    def left_at(self) -> float | None:
        """What comes after it in its partitions is no older than that: when the last ones were."""
        lasts = {record.partition: event.time for record, event in self.events}
        return min(lasts.values()).timestamp() if lasts else None


@dataclass(frozen=True)
class Written:
    """What became of a batch: events now kept, those kept before, and all dead letters."""

    events: int
    repeated: int = 0
    dead: Sequence[DeadLetter] = field(default=())
