"""The topic in Kafka, written by an idempotent producer."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]

from .errors import DeliveryFailed
from .publisher import Record

_log: Final = logging.getLogger("backstory.relay")
_DEFAULT_LARGEST: Final = 1_000_000
_FULL_QUEUE_S: Final = 10.0
_ANSWER_S: Final = 2.0

ALWAYS: Final[Mapping[str, Any]] = {
    "acks": "all",
    "enable.idempotence": True,
    "message.timeout.ms": 0,  # a broker that is away is waited for, however long
    "partitioner": "murmur2_random",  # the one of the Java client
    "delivery.report.only.error": True,
    "queue.buffering.max.messages": 2_000_000,
    "queue.buffering.max.kbytes": 2_097_151,
}
USUALLY: Final[Mapping[str, Any]] = {
    "client.id": "backstory.relay",
    "compression.type": "lz4",
    "linger.ms": 5,
    "batch.num.messages": 10_000,
    "socket.keepalive.enable": True,
    "reconnect.backoff.max.ms": 1_000,
    "retry.backoff.max.ms": 500,
    "topic.metadata.refresh.sparse": False,
    "log_level": 3,
}


class KafkaPublisher:
    """The Publisher of a topic.

    After a failed delivery what stood behind it in the queue may already have landed. So the
    producer is purged and made anew, and the caller sends the whole batch again before any other.

    Args:
        config: librdkafka settings of the installation (security, compression); what order and
            safety rest on cannot be overridden.
    """

    def __init__(self, servers: str, topic: str, config: Mapping[str, str] | None = None) -> None:
        self._topic = topic
        self._config = {"bootstrap.servers": servers, **USUALLY, **(config or {}), **ALWAYS}
        self._largest_bytes = _DEFAULT_LARGEST
        self._failure: KafkaError | None = None
        self._complaint = ""
        self._producer: Producer | None = None

    @property
    def largest_bytes(self) -> int:
        """Return how large an event may be: what the topic takes, asked when a producer is made."""
        if self._producer is None:
            self._producer = self._made()
        return self._largest_bytes

    def send(self, records: Sequence[Record]) -> None:
        """Hand over a batch; see Publisher.send."""
        if self._producer is None:
            self._producer = self._made()
        produce, topic = self._producer.produce, self._topic
        try:
            for record in records:
                try:
                    produce(topic, record.value, record.key, headers=record.headers)
                except BufferError:
                    self._producer.flush(_FULL_QUEUE_S)
                    produce(topic, record.value, record.key, headers=record.headers)
        except (KafkaException, BufferError) as error:
            self.drop()
            raise DeliveryFailed(f"topic {topic!r} did not take the batch: {error}") from error
        self._producer.poll(0)

    def settle(self, timeout_s: float) -> bool:
        """Wait for the acknowledgements; see Publisher.settle."""
        if self._producer is None:
            return True
        left = self._producer.flush(timeout_s)
        if self._failure is not None:
            failure = self._failure
            self.drop()
            raise DeliveryFailed(f"topic {self._topic!r} refused an event: {failure.str()}")
        if left == 0:
            self._complaint = ""
        return left == 0

    def drop(self) -> None:
        """Purge the producer and let go of it; the next batch gets a new one."""
        producer, self._producer = self._producer, None
        if producer is not None and len(producer):
            producer.purge()
            producer.flush(1.0)
        self._failure = None

    def close(self) -> None:
        """Drop what is under way."""
        self.drop()

    def _made(self) -> Producer:
        self._largest_bytes = self._ask_largest()
        self._failure = None
        return Producer(
            {
                **self._config,
                "message.max.bytes": max(1_000, min(self._largest_bytes, 1_000_000_000)),
                "on_delivery": self._delivered,
                "error_cb": self._complained,
            }
        )

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None and self._failure is None:
            self._failure = error

    def _complained(self, error: KafkaError) -> None:
        """Log what the client complains of, once in a row: it does so at every attempt."""
        if error.str() != self._complaint:
            self._complaint = error.str()
            _log.warning("kafka: %s", error.str(), extra={"code": error.name()})

    def _ask_largest(self) -> int:
        """Ask the broker what the topic takes; stay with what is known when it does not answer."""
        config = {k: v for k, v in self._config.items() if k not in _PRODUCERS}
        resource = ConfigResource(ConfigResource.Type.TOPIC, self._topic)
        try:
            client = AdminClient(config)  # has to outlive its answer
            asked = client.describe_configs([resource], request_timeout=_ANSWER_S)
            return int(asked[resource].result(_ANSWER_S)["max.message.bytes"].value)
        except (KafkaException, TimeoutError) as error:
            _log.warning("the topic's limits are not known", extra={"error": str(error)})
            return self._largest_bytes


_PRODUCERS: Final = frozenset(
    {*ALWAYS, *USUALLY} - {"client.id", "socket.keepalive.enable", "log_level"}
)
