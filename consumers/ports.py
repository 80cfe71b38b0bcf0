"""The two sides of the loop. Each has a contract test that memory and the real thing pass alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from .records import Batch, DeadLetter, Position, Record, Written


class Source(Protocol):
    """A topic, read by the partitions this process is given.

    A partition that was just assigned *waits*: it yields nothing until ``start`` says where.
    """

    @property
    def topic(self) -> str:
        """The topic's name."""

    def topic_id(self) -> str:
        """What tells this topic from another of the same name; raises SourceUnavailable."""

    def waiting(self) -> Collection[int]:
        """Assigned partitions that nobody has told where to begin."""

    def started(self) -> Collection[int]:
        """Assigned partitions that are read."""

    def start(self, offsets: Mapping[int, int | None]) -> None:
        """Begin each waiting partition at its offset; None is the oldest there is."""

    def poll(self, limit: int, wait_s: float) -> list[Record]:
        """Up to ``limit`` records of started partitions, in order per partition, within ``wait_s``.

        Keeps the membership alive even if every partition waits. Raises MissingRange and
        TopicRecreated when a stored offset cannot be read, SourceRefused when only a person can
        help.
        """

    def rewind(self) -> None:
        """Forget what was handed out: every assigned partition waits again."""

    def commit(self, offsets: Mapping[int, int]) -> None:
        """Tell the broker how far we are, for tools that watch; never waits, never raises."""

    def ends(self) -> Mapping[int, int]:
        """Per partition of the topic that holds something: the offset after its last record."""

    def lag(self) -> int:
        """Records of assigned partitions not handed out yet, as far as known without asking."""

    def close(self) -> None:
        """Leave; nothing is handed out afterwards."""


class Sink(Protocol):
    """Where events are kept together with the offsets behind them."""

    @property
    def name(self) -> str:
        """For errors and logs."""

    def positions(self, consumer: str, topic: str) -> Mapping[int, Position]:
        """The stored offsets; raises SinkUnavailable or SinkRefused."""

    def unsettled(
        self, consumer: str, topic: str, since: Mapping[int, int]
    ) -> Mapping[int, Sequence[int]]:
        """By partition of ``since``: offsets, from there on, of dead letters nobody dealt with."""

    def write(self, batch: Batch) -> Written:
        """Keep events, dead letters, acts and offsets: all of them or, when this raises, none.

        Before committing it calls ``batch.allow`` with all dead letters. Raises what that raises,
        OffsetConflict when an offset is not the expected one, AlreadySettled when somebody has
        dealt with a letter before, SinkUnavailable when trying again helps, SinkRefused when it
        does not. An event that is kept already is not kept twice.
        """

    def close(self) -> None:
        """Let go of connections."""


class DeadLetterTopic(Protocol):
    """Where dead letters go besides the sink, for people and tools that watch topics."""

    def publish(self, consumer: str, topic: str, letters: Sequence[DeadLetter]) -> None:
        """Send each with its bytes, key, headers and reason; a failure is logged, never raised."""

    def close(self) -> None:
        """Let what is on its way arrive."""
