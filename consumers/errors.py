"""What can go wrong between a topic and where its events are kept."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import EventError


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


class MissingRange(ConsumeError):  # noqa: N818
    """The broker has dropped events that were never read here."""

    def __init__(self, topic: str, partition: int, first: int, available: int) -> None:
        super().__init__(
            f"topic {topic!r} partition {partition}: offsets {first} to {available - 1} are gone "
            "from the broker and were never read here; nothing is skipped without your decision: "
            "restore them, or set next_offset in history.offsets to "
            f"{available} and note why"
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
            "do not count its events. Read it as a new topic name, or remove its rows "
            "from history.offsets to read it from the beginning"
        )
        self.topic = topic


class TopicUnsafe(ConsumeError):  # noqa: N818
    """A topic's settings would silently lose events."""

    def __init__(self, topic: str, setting: str, value: str, remedy: str) -> None:
        super().__init__(f"topic {topic!r} has {setting}={value}, which loses events; {remedy}")
        self.topic = topic
        self.setting = setting
        self.value = value
