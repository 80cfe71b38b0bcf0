"""Create the topics, check those that exist, and publish dead letters."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.cimpl import NewTopic

from ..client_log import ClientLog
from ..errors import SourceUnavailable, TopicUnsafe
from ..records import DeadLetter

logger = logging.getLogger("backstory.consumers")
client_logger = logging.getLogger("backstory.kafka")

_ANSWER_S = 10.0
_FLUSH_S = 5.0
_ATTEMPTS = 50
_FOR_EVER = "-1"

Settings = Mapping[str, str]


def create_topics(
    servers: str,
    topics: Sequence[str],
    *,
    partitions: int = 6,
    config: Mapping[str, str] | None = None,
    answer_s: float = _ANSWER_S,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Create the missing topics: never compacted, kept for ever, replicated as the cluster allows.

    When it returns, the broker knows them all. Returns a warning for each existing topic that
    drops old events.
    Raises TopicUnsafe for one that is compacted, SourceUnavailable when Kafka does not answer.
    """
    admin = AdminClient({"bootstrap.servers": servers, **(config or {})})
    try:
        brokers = len(admin.list_topics(timeout=answer_s).brokers)
        wanted = [_new_topic(topic, partitions, brokers) for topic in topics]
        for future in admin.create_topics(wanted, operation_timeout=answer_s).values():
            _settle(future)
        return [
            warning
            for topic in topics
            for warning in _warnings(topic, _settings(admin, topic, sleep))
        ]
    except KafkaException as error:
        raise SourceUnavailable(servers, str(error)) from error


def _new_topic(topic: str, partitions: int, brokers: int) -> NewTopic:
    replicas = max(1, min(3, brokers))
    settings = {
        "cleanup.policy": "delete",
        "retention.ms": _FOR_EVER,
        "retention.bytes": _FOR_EVER,
        "min.insync.replicas": str(max(1, replicas - 1)),
    }
    return NewTopic(topic, num_partitions=partitions, replication_factor=replicas, config=settings)


def _settle(future: Future[Any]) -> None:
    """Wait; that the topic is there already is what we want."""
    try:
        future.result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise


def _settings(admin: AdminClient, topic: str, sleep: Callable[[float], None]) -> Settings:
    """The topic's settings; a topic just made may take the broker a moment to know."""
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    for attempt in range(_ATTEMPTS):
        try:
            found = admin.describe_configs([resource])[resource].result(_ANSWER_S)
            return {name: entry.value for name, entry in found.items()}
        except KafkaException as error:
            unknown = error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART
            if not unknown or attempt == _ATTEMPTS - 1:
                raise
            sleep(0.1)
    raise AssertionError("unreachable")


def _warnings(topic: str, found: Settings) -> list[str]:
    policy = found["cleanup.policy"]
    if "compact" in policy:
        change = f"kafka-configs --alter --topic {topic} --add-config cleanup.policy=delete"
        remedy = f"set it to delete: {change}"
        raise TopicUnsafe(topic, "cleanup.policy", policy, remedy)
    return [
        f"topic {topic!r} has {name}={found[name]}: what nobody has read by then is lost; "
        f"{name}=-1 keeps events for ever"
        for name in ("retention.ms", "retention.bytes")
        if found[name] != _FOR_EVER
    ]


class KafkaDeadLetterTopic:
    """Publishes dead letters; what Kafka does not take is still in the sink's table."""

    def __init__(
        self, servers: str, topic: str, *, config: Mapping[str, str] | None = None
    ) -> None:
        self._topic = topic
        self._config = {
            "bootstrap.servers": servers,
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            **(config or {}),
        }
        self._client: Producer | None = None

    def publish(self, consumer: str, topic: str, letters: Sequence[DeadLetter]) -> None:
        """Hand over each letter's own bytes and headers; new headers say where it was and why."""
        client = self._client = self._client or Producer(
            self._config, logger=ClientLog(client_logger)
        )
        try:
            for letter in letters:
                record = letter.record
                client.produce(
                    self._topic,
                    key=record.key,
                    value=record.value,
                    headers=[*record.headers, *_origin(consumer, topic, letter)],
                    on_delivery=_log_failure,
                )
                client.poll(0)
        except (KafkaException, BufferError) as error:
            logger.error("dead letters not published: %s", error, extra={"topic": self._topic})

    def close(self) -> None:
        """Wait a moment for what is on its way; what does not arrive is logged."""
        if self._client is not None and (left := self._client.flush(_FLUSH_S)):
            logger.error(
                "dead letters not published in time",
                extra={"topic": self._topic, "waiting": left},
            )


def _origin(consumer: str, topic: str, letter: DeadLetter) -> list[tuple[str, bytes]]:
    facts = {
        "consumer": consumer,
        "topic": topic,
        "partition": str(letter.record.partition),
        "offset": str(letter.record.offset),
        "reason": letter.reason[:10_000],
    }
    return [(f"backstory.{name}", text.encode("utf-8", "replace")) for name, text in facts.items()]


def _log_failure(error: KafkaError | None, message: Any) -> None:
    if error is not None:
        logger.error("dead letter not published: %s", error, extra={"topic": message.topic()})
