"""A Kafka topic as a source: batches, static membership, and offsets that only the sink knows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from confluent_kafka import (
    OFFSET_BEGINNING,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka import Consumer as Client
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from .client_log import ClientLog
from .errors import MissingRange, SourceRefused, SourceUnavailable, TopicRecreated
from .leaving import leave
from .records import Record

logger = logging.getLogger("backstory.consumers")
client_logger = logging.getLogger("backstory.kafka")

Answer = TypeVar("Answer")

_ANSWER_S = 5.0
_MAX_FENCINGS = 3
_FENCINGS_WITHIN_S = 60.0
_ALWAYS: dict[str, Any] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "partition.assignment.strategy": "cooperative-sticky",
}
_UNLESS_SET: dict[str, Any] = {
    "session.timeout.ms": 10_000,
    "heartbeat.interval.ms": 1_000,
    "queued.min.messages": 20_000,
    "queued.max.messages.kbytes": 16_384,
    "fetch.wait.max.ms": 50,
    "reconnect.backoff.max.ms": 2_000,
    "topic.metadata.refresh.interval.ms": 30_000,
}
_REFUSALS = {
    KafkaError.UNKNOWN_TOPIC_OR_PART: ("there is no such topic", "run `backstory migrate`"),
    KafkaError.TOPIC_AUTHORIZATION_FAILED: ("not permitted", "grant this user READ on it"),
    KafkaError.GROUP_AUTHORIZATION_FAILED: ("group not permitted", "grant READ on the group"),
}

_ENDS = {*_REFUSALS, KafkaError._FATAL}


class KafkaSource:
    """One topic, read as a member of a group.

    ``instance`` names this member over restarts (``group.instance.id``), so that it is back at once
    after a kill; two living processes must never share one. ``config`` are librdkafka settings on
    top of ours.
    """

    def __init__(
        self,
        servers: str,
        topic: str,
        *,
        group: str,
        instance: str | None = None,
        config: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.topic = topic
        self._clock = clock
        self._fencings: list[float] = []
        self._servers = servers
        self._next: dict[int, int] = {}
        self._waiting: set[int] = set()
        self._gaps: dict[int, tuple[int, int]] = {}
        connection: dict[str, Any] = {"bootstrap.servers": servers, **(config or {})}
        member = {"group.instance.id": instance} if instance else {}
        self._log = ClientLog(client_logger)
        self._admin = AdminClient(connection, logger=self._log)
        self._settings = {**_UNLESS_SET, **connection, **member, "group.id": group, **_ALWAYS}
        self._client = self._joined()

    def topic_id(self) -> str:
        """The id the broker gave the topic when it was created (KIP-516)."""
        futures = self._admin.describe_topics(
            TopicCollection([self.topic]), request_timeout=_ANSWER_S
        )
        return self._asking(lambda: str(futures[self.topic].result().topic_id))

    def waiting(self) -> Collection[int]:
        return frozenset(self._waiting)

    def started(self) -> Collection[int]:
        return frozenset(self._next)

    def start(self, offsets: Mapping[int, int | None]) -> None:
        """Seek; only where this process still waits, a rebalance may have taken the partition."""
        for partition in self._waiting.intersection(offsets):
            stored = offsets[partition]
            offset = self._watermarks(partition)[0] if stored is None else stored
            self._seek(partition, offset)
            self._next[partition] = offset
            self._waiting.discard(partition)

    def poll(self, limit: int, wait_s: float) -> list[Record]:
        try:
            messages = self._client.consume(limit, wait_s)
        except KafkaException as error:
            raise self._refusal(error.args[0]) from error
        records: list[Record] = []
        for message in messages:
            if (problem := message.error()) is not None:
                self._check(problem, message)
                continue
            record = _record(message)
            if self._is_next(record.partition, record.offset):
                records.append(record)
        return records

    def rewind(self) -> None:
        started = list(self._next)
        self._next.clear()
        self._waiting.update(started)
        if started:
            self._client.pause([TopicPartition(self.topic, p) for p in started])

    def commit(self, offsets: Mapping[int, int]) -> None:
        try:
            self._client.commit(
                offsets=[TopicPartition(self.topic, p, o) for p, o in offsets.items()],
                asynchronous=True,
            )
        except KafkaException as error:
            logger.warning("group commit failed: %s", error, extra={"topic": self.topic})

    def ends(self) -> Mapping[int, int]:
        metadata = self._asking(lambda: self._client.list_topics(self.topic, _ANSWER_S))
        ends = {}
        for partition in metadata.topics[self.topic].partitions:
            low, high = self._watermarks(partition)
            if high > low:
                ends[partition] = high
        return ends

    def lag(self) -> int:
        lag = 0
        for partition, position in self._next.items():
            target = TopicPartition(self.topic, partition)
            _, high = self._client.get_watermark_offsets(target, cached=True)
            lag += max(0, high - position)
        return lag

    def close(self) -> None:
        self._next.clear()
        self._waiting.clear()
        leave(self._client)

    def _joined(self) -> Client:
        client = Client(self._settings, logger=self._log)
        client.subscribe(
            [self.topic], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked
        )
        return client

    def _shut_out(self, error: KafkaError) -> SourceUnavailable | SourceRefused:
        """Join the group with a new client: a fatal error ends the old one for good."""
        leave(self._client)
        self._next.clear()
        self._waiting.clear()
        self._gaps.clear()
        now = self._clock()
        self._fencings = [at for at in self._fencings if now - at < _FENCINGS_WITHIN_S] + [now]
        if len(self._fencings) >= _MAX_FENCINGS:
            reason = f"the group shut us out {len(self._fencings)} times ({error.str()})"
            remedy = "if another process has our instance id, give each its own BACKSTORY_INSTANCE"
            return SourceRefused(self.topic, reason, remedy)
        self._client = self._joined()
        return SourceUnavailable(self._servers, f"the group shut us out: {error.str()}")

    def _is_next(self, partition: int, offset: int) -> bool:
        """Whether we need this record: not from before a seek, nor of a revoked partition."""
        if partition not in self._next:
            return False
        expected = self._next[partition]
        if offset != expected and not self._is_gap(partition, expected, offset):
            return False
        self._next[partition] = offset + 1
        return True

    def _is_gap(self, partition: int, expected: int, offset: int) -> bool:
        """A jump in offsets (a transaction's marker) is believed when a second reading shows it."""
        if offset < expected:
            return False
        seen = self._gaps.get(partition)
        if seen == (expected, offset):
            del self._gaps[partition]
            return True
        if seen is None or seen[0] != expected:
            self._gaps[partition] = (expected, offset)
            self._seek(partition, expected)
        return False

    def _seek(self, partition: int, offset: int) -> None:
        target = TopicPartition(self.topic, partition, offset)
        try:
            self._client.resume([target])
            self._client.seek(target)
        except KafkaException as error:
            raise SourceUnavailable(self._servers, f"seek: {error}") from error

    def _assigned(self, client: Client, partitions: list[TopicPartition]) -> None:
        """Take the partitions, but read nothing before the sink has said from where."""
        fresh = [TopicPartition(self.topic, p.partition, OFFSET_BEGINNING) for p in partitions]
        client.incremental_assign(fresh)
        client.pause(fresh)
        for partition in fresh:
            self._next.pop(partition.partition, None)
            self._waiting.add(partition.partition)

    def _revoked(self, client: Client, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            self._next.pop(partition.partition, None)
            self._waiting.discard(partition.partition)
        logger.info("partitions revoked", extra={"partitions": [p.partition for p in partitions]})

    def _check(self, error: KafkaError, message: Any) -> None:
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._raise_unreadable(message.partition())
        if error.code() in _ENDS or error.fatal():
            raise self._refusal(error)
        logger.warning("Kafka: %s", error.str(), extra={"topic": self.topic})

    def _raise_unreadable(self, partition: int) -> None:
        """The broker does not have the offset we asked for: say which part is missing."""
        position = self._next.get(partition)
        if position is None:
            return
        low, high = self._watermarks(partition)
        if position < low:
            raise MissingRange(self.topic, partition, position, low, self._first_at(partition))
        if position > high:
            reason = f"partition {partition} ends at {high} and was read up to {position}"
            raise TopicRecreated(self.topic, reason)
        self._seek(partition, position)

    def _first_at(self, partition: int) -> datetime | None:
        """When the oldest record that is left was published, if there is one."""
        target = TopicPartition(self.topic, partition)
        futures = self._admin.list_offsets(
            {target: OffsetSpec.for_timestamp(0)},
            request_timeout=_ANSWER_S,
        )
        at_ms = self._asking(lambda: futures[target].result().timestamp)
        return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms >= 0 else None

    def _watermarks(self, partition: int) -> tuple[int, int]:
        target = TopicPartition(self.topic, partition)
        return self._asking(lambda: self._client.get_watermark_offsets(target, _ANSWER_S))

    def _asking(self, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except KafkaException as error:
            cause: KafkaError = error.args[0]
            if cause.code() in _ENDS or cause.fatal():
                raise self._refusal(cause) from error
            raise SourceUnavailable(self._servers, cause.str()) from error

    def _refusal(self, error: KafkaError) -> SourceUnavailable | SourceRefused:
        if error.fatal() or error.code() == KafkaError._FATAL:
            return self._shut_out(error)
        reason, remedy = _REFUSALS.get(error.code(), ("not readable", "mend it and start again"))
        return SourceRefused(self.topic, f"{reason} ({error.str()})", remedy)


def _record(message: Any) -> Record:
    """A message without error has all of these, whatever the client's type hints say."""
    return Record(
        message.partition(), message.offset(), message.key(), message.value(), message.headers
    )
