"""The few things this package asks of a Kafka cluster."""

from collections.abc import Mapping

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec
from confluent_kafka.cimpl import NewTopic

from .waiting import wait_until

_TIMEOUT_S = 30.0


def admin(bootstrap_servers: str, config: Mapping[str, str] | None = None) -> AdminClient:
    """A client for topics and groups; ``config`` holds further librdkafka settings."""
    quiet = {"log_level": 2}  # what goes wrong comes as an exception
    return AdminClient({**quiet, **(config or {}), "bootstrap.servers": bootstrap_servers})


def broker_count(client: AdminClient) -> int:
    """How many brokers answer for the cluster; raises KafkaException if none does within 5 s."""
    return len(client.list_topics(timeout=5).brokers)


def create_topic(client: AdminClient, name: str, *, partitions: int) -> None:
    """Make a topic and wait until it can be used; nothing happens if it exists."""
    made = client.create_topics([NewTopic(name, partitions, -1)], operation_timeout=_TIMEOUT_S)
    try:
        made[name].result(_TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
    wait_until(lambda: has_leaders(client, name), timeout_s=_TIMEOUT_S)


def delete_topic(client: AdminClient, name: str) -> None:
    """Delete a topic; nothing happens if it is not there."""
    try:
        client.delete_topics([name], operation_timeout=_TIMEOUT_S)[name].result(_TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise


def begin_offsets(client: AdminClient, topic: str) -> dict[int, int]:
    """The first offset that each partition of a topic still holds."""
    return _offsets(client, topic, OffsetSpec.earliest())  # type: ignore[no-untyped-call]


def end_offsets(client: AdminClient, topic: str) -> dict[int, int]:
    """The next offset of each partition of a topic."""
    return _offsets(client, topic, OffsetSpec.latest())  # type: ignore[no-untyped-call]


def has_leaders(client: AdminClient, topic: str) -> bool:
    """Whether every partition answers; just after its creation one may not yet."""
    try:
        return bool(end_offsets(client, topic))
    except KafkaException:
        return False


def _offsets(client: AdminClient, topic: str, which: OffsetSpec) -> dict[int, int]:
    described = client.describe_topics(TopicCollection([topic]))[topic].result(_TIMEOUT_S)
    wanted = {TopicPartition(topic, partition.id): which for partition in described.partitions}
    found = client.list_offsets(wanted)
    return {place.partition: end.result(_TIMEOUT_S).offset for place, end in found.items()}
