"""The few things this package asks of a Kafka cluster."""

from collections.abc import Mapping

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec
from confluent_kafka.cimpl import NewTopic

_TIMEOUT_S = 30.0


def admin(bootstrap_servers: str, config: Mapping[str, str] | None = None) -> AdminClient:
    """A client for topics and groups; ``config`` holds further librdkafka settings."""
    return AdminClient({**(config or {}), "bootstrap.servers": bootstrap_servers})


def create_topic(client: AdminClient, name: str, *, partitions: int) -> None:
    """Make a topic and wait until it can be used; nothing happens if it exists."""
    made = client.create_topics([NewTopic(name, partitions, -1)], operation_timeout=_TIMEOUT_S)
    try:
        made[name].result(_TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise


def delete_topic(client: AdminClient, name: str) -> None:
    """Delete a topic; nothing happens if it is not there."""
    try:
        client.delete_topics([name], operation_timeout=_TIMEOUT_S)[name].result(_TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise


def end_offsets(client: AdminClient, topic: str) -> dict[int, int]:
    """The next offset of each partition of a topic."""
    described = client.describe_topics(TopicCollection([topic]))[topic].result(_TIMEOUT_S)
    wanted = {
        TopicPartition(topic, partition.id): OffsetSpec.latest()  # type: ignore[no-untyped-call]
        for partition in described.partitions
    }
    found = client.list_offsets(wanted)
    return {place.partition: end.result(_TIMEOUT_S).offset for place, end in found.items()}
