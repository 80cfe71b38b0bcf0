"""A Kafka topic as a source: batches, static membership, and offsets that only the sink knows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Consumer as Client

from .broker import Broker
from .client_log import ClientLog
from .errors import MissingRange, SourceRefused, SourceUnavailable, TopicRecreated
from .leaving import leave
from .places import Places
from .records import Record

logger = logging.getLogger("backstory.consumers")
client_logger = logging.getLogger("backstory.kafka")

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
    "fetch.queue.backoff.ms": 10,
    "fetch.wait.max.ms": 50,
    "reconnect.backoff.max.ms": 2_000,
    "topic.metadata.refresh.interval.ms": 30_000,
}


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
        self._places = Places(self._seek)
        connection: dict[str, Any] = {"bootstrap.servers": servers, **(config or {})}
        member = {"group.instance.id": instance} if instance else {}
        self._log = ClientLog(client_logger)
        self._broker = Broker(servers, topic, connection, self._log)
        self._settings = {**_UNLESS_SET, **connection, **member, "group.id": group, **_ALWAYS}
        self._client = self._joined()

    def topic_id(self) -> str:
        """The id the broker gave the topic when it was created (KIP-516)."""
        return self._broker.topic_id()

    def waiting(self) -> Collection[int]:
        return frozenset(self._places.waiting)

    def started(self) -> Collection[int]:
        return frozenset(self._places.next)

    def start(self, offsets: Mapping[int, int | None]) -> None:
        """Seek; only where this process still waits, a rebalance may have taken the partition."""
        for partition in self._places.waiting.intersection(offsets):
            stored = offsets[partition]
            offset = self._bounds(partition)[0] if stored is None else stored
            self._places.begin(partition, offset)

    def poll(self, limit: int, wait_s: float) -> list[Record]:
        try:
            messages = self._client.consume(limit, wait_s)
        except KafkaException as error:
            raise self._ended(error.args[0]) from error
        records: list[Record] = []
        for message in messages:
            if (problem := message.error()) is not None:
                self._check(problem, message)
                continue
            record = _record(message)
            if self._places.takes(record.partition, record.offset):
                records.append(record)
        return records

    def rewind(self) -> None:
        if started := self._places.rewind():
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
        found = {p: self._bounds(p) for p in self._broker.partitions(self._client)}
        return {partition: high for partition, (low, high) in found.items() if high > low}

    def lag(self) -> int:
        lag = 0
        for partition, position in self._places.next.items():
            target = TopicPartition(self.topic, partition)
            _, high = self._client.get_watermark_offsets(target, cached=True)
            lag += max(0, high - position)
        return lag

    def close(self) -> None:
        self._places.clear()
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
        self._places.clear()
        now = self._clock()
        self._fencings = [at for at in self._fencings if now - at < _FENCINGS_WITHIN_S] + [now]
        if len(self._fencings) >= _MAX_FENCINGS:
            reason = f"the group shut us out {len(self._fencings)} times ({error.str()})"
            remedy = "if another process has our instance id, give each its own BACKSTORY_INSTANCE"
            return SourceRefused(self.topic, reason, remedy)
        self._client = self._joined()
        return SourceUnavailable(self._servers, f"the group shut us out: {error.str()}")

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
        self._places.assign(each.partition for each in fresh)

    def _revoked(self, client: Client, partitions: list[TopicPartition]) -> None:
        self._places.revoke(each.partition for each in partitions)
        logger.info("partitions revoked", extra={"partitions": [p.partition for p in partitions]})

    def _check(self, error: KafkaError, message: Any) -> None:
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._raise_unreadable(message.partition())
        if _is_fatal(error) or self._broker.refuses(error):
            raise self._ended(error)
        logger.warning("Kafka: %s", error.str(), extra={"topic": self.topic})

    def _raise_unreadable(self, partition: int) -> None:
        """The broker does not have the offset we asked for: say which part is missing."""
        position = self._places.next.get(partition)
        if position is None:
            return
        low, high = self._bounds(partition)
        if position < low:
            first_at = self._broker.first_at(partition)
            raise MissingRange(self.topic, partition, position, low, first_at)
        if position > high:
            reason = f"partition {partition} ends at {high} and was read up to {position}"
            raise TopicRecreated(self.topic, reason)
        self._seek(partition, position)

    def _bounds(self, partition: int) -> tuple[int, int]:
        return self._broker.bounds(self._client, partition)

    def _ended(self, error: KafkaError) -> SourceUnavailable | SourceRefused:
        """What to raise when this client cannot read on."""
        if _is_fatal(error):
            return self._shut_out(error)
        if refused := self._broker.refuses(error):
            return refused
        reason = f"not readable ({error.str()})"
        return SourceRefused(self.topic, reason, "mend it and start again")


def _is_fatal(error: KafkaError) -> bool:
    return error.fatal() or error.code() == KafkaError._FATAL


def _record(message: Any) -> Record:
    """A message without error has all of these, whatever the client's type hints say."""
    return Record(
        message.partition(), message.offset(), message.key(), message.value(), message.headers
    )
