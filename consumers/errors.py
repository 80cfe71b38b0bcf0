"""What can go wrong between a topic and where its events are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from schemas import EventError

if TYPE_CHECKING:
    from .records import DeadLetter


class ConsumeError(EventError):
    """A batch could not be read or kept; nothing of it was."""


class SinkUnavailable(ConsumeError):  # noqa: N818
    """The destination cannot take the batch now; sending it again is safe."""

    retryable = True

    def __init__(self, sink: str, reason: str = "") -> None:
        super().__init__(f"sink {sink!r} is unavailable, nothing of the batch was kept: {reason}")
        self.sink = sink


class SinkRefused(ConsumeError):  # noqa: N818
    """The destination will not take any batch before somebody mends it."""

    def __init__(self, sink: str, reason: str, remedy: str) -> None:
        super().__init__(f"sink {sink!r} refuses to write: {reason}; {remedy}")
        self.sink = sink


class OffsetConflict(ConsumeError):  # noqa: N818
    """Another process moved these offsets; what we hold is no longer ours to write."""

    retryable = True

    def __init__(self, consumer: str, topic: str, partitions: Sequence[int]) -> None:
        super().__init__(
            f"consumer {consumer!r} no longer owns {topic!r} partitions {list(partitions)}: "
            "another process moved their offsets; reading again from where they stand"
        )
        self.topic = topic
        self.partitions = tuple(partitions)


class SourceUnavailable(ConsumeError):  # noqa: N818
    """Kafka does not answer; it is asked again."""

    retryable = True

    def __init__(self, servers: str, reason: str) -> None:
        super().__init__(f"Kafka at {servers!r} does not answer: {reason}")
        self.servers = servers


class SourceRefused(ConsumeError):  # noqa: N818
    """Kafka will not let this process read before somebody mends it."""

    def __init__(self, topic: str, reason: str, remedy: str) -> None:
        super().__init__(f"cannot read topic {topic!r}: {reason}; {remedy}")
        self.topic = topic


class WorkerEnded(ConsumeError):  # noqa: N818
    """A worker of a library ended by itself; started again it goes on where it stood."""

    retryable = True

    def __init__(self, worker: str, reason: str) -> None:
        super().__init__(f"the {worker} worker ended without being asked to: {reason}")
        self.worker = worker


class MissingRange(ConsumeError):  # noqa: N818
    """The broker has dropped events that were never read here."""

    def __init__(
        self,
        topic: str,
        partition: int,
        first: int,
        available: int,
        available_at: datetime | None = None,
    ) -> None:
        left = f", which is of {available_at:%F %T %Z}" if available_at else ""
        super().__init__(
            f"topic {topic!r} partition {partition}: offsets {first} to {available - 1} are gone "
            "from the broker and were never read here; they are older than offset "
            f"{available}{left}. Nothing is skipped without your decision: `backstory offsets "
            "show` says when the last one before them was kept; restore them from a copy of the "
            f"topic, or go on without them with `backstory offsets skip --partition {partition} "
            "--reason WHY`"
        )
        self.topic = topic
        self.partition = partition
        self.first = first
        self.available = available


class TopicRecreated(ConsumeError):  # noqa: N818
    """The topic is not the one whose offsets are stored."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(
            f"topic {topic!r} was deleted and created again or cut short: {reason}; stored offsets "
            "do not count its events. `backstory offsets restart --reason WHY` reads it from its "
            "beginning; what the history has it knows by id"
        )
        self.topic = topic


class TopicUnsafe(ConsumeError):  # noqa: N818
    """A topic's settings would silently lose events."""

    def __init__(self, topic: str, setting: str, value: str, remedy: str) -> None:
        super().__init__(f"topic {topic!r} has {setting}={value}, which loses events; {remedy}")
        self.topic = topic
        self.setting = setting
        self.value = value


class TooManyDeadLetters(ConsumeError):  # noqa: N818
    """A consumer rejects so much that the fault is hardly in the records; nothing was kept.

    Attributes:
        count: dead letters among the last records, with those of the batch that was refused.
        limit: how many are allowed.
        first: the first one of that batch.
    """

    def __init__(
        self, consumer: str, letters: Sequence[DeadLetter], *, count: int, limit: int
    ) -> None:
        first = letters[0]
        super().__init__(
            f"consumer {consumer!r} stopped: {count} of its last records are dead letters, {limit} "
            f"are allowed, and {len(letters)} of them, with the whole batch, were not kept. First: "
            f"partition {first.record.partition} offset {first.record.offset}: {first.reason}. "
            f"Mend the cause and start it again; `backstory dead list --consumer {consumer}` shows "
            "earlier ones, and retrying or dropping them makes room; or let them all pass with "
            f"BACKSTORY_DEAD_LIMIT above {count}"
        )
        self.count = count
        self.limit = limit
        self.first = first


class AlreadySettled(ConsumeError):  # noqa: N818
    """Somebody has retried or dropped this dead letter before; nothing was done now."""

    def __init__(self, letter: int) -> None:
        super().__init__(
            f"dead letter {letter} is settled: `backstory dead show {letter}` says by whom and why"
        )
        self.letter = letter


class StillRejected(ConsumeError):  # noqa: N818
    """A dead letter was tried again, and its consumer rejects it as before; it stays unsettled."""

    def __init__(self, letter: int, reason: str) -> None:
        super().__init__(f"dead letter {letter} is still rejected: {reason}")
        self.letter = letter
        self.reason = reason
