"""The topics and brokers: nothing is compacted, expires unread, or lives on one broker only."""

from collections.abc import Iterator, Mapping

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._resource import ResourceType

from ..status.kafka import Reach, reach
from .finding import Finding, error, warning

_ANSWER_S = 5.0
_FOR_EVER = -1


def check_topic(client: AdminClient, topic: str) -> Iterator[Finding]:
    """Look at a topic's settings and at where its copies are."""
    try:
        described = client.describe_topics(TopicCollection([topic]))[topic].result(_ANSWER_S)
    except KafkaException as problem:
        reason = problem.args[0].str()
        yield error("topic", f"topic {topic!r}: {reason}", "run `backstory migrate`")
        return
    settings = _settings(client, ResourceType.TOPIC, topic)
    yield from check_topic_settings(topic, settings)
    replicas = min(len(partition.replicas) for partition in described.partitions)
    brokers = len(client.list_topics(timeout=_ANSWER_S).brokers)
    yield from check_copies(topic, settings, replicas=replicas, brokers=brokers)


def check_topic_settings(topic: str, settings: Mapping[str, str]) -> Iterator[Finding]:
    """Judge what holds for any number of brokers."""
    alter = f"kafka-configs.sh --alter --topic {topic} --add-config"
    if "compact" in settings["cleanup.policy"]:
        yield error(
            "compaction",
            f"topic {topic!r} is compacted: of each object only the last event stays",
            f"{alter} cleanup.policy=delete",
        )
    if settings["unclean.leader.election.enable"] == "true":
        yield error(
            "unclean election",
            f"topic {topic!r} lets a broker lead that does not have every acknowledged event",
            f"{alter} unclean.leader.election.enable=false",
        )
    for name in ("retention.ms", "retention.bytes"):
        if int(settings[name]) != _FOR_EVER:
            yield warning(
                "retention",
                f"topic {topic!r} has {name}={settings[name]}: what is unread by then is lost",
                f"{alter} {name}=-1",
            )


def check_copies(
    topic: str, settings: Mapping[str, str], *, replicas: int, brokers: int
) -> Iterator[Finding]:
    """Judge how many brokers hold an acknowledged event. One broker alone cannot do better."""
    if brokers > 1 and replicas < 2:
        yield error(
            "copies",
            f"topic {topic!r} has partitions on one broker only, of {brokers}",
            "kafka-reassign-partitions.sh with three replicas each",
        )
    elif replicas > 2 and int(settings["min.insync.replicas"]) < 2:
        yield error(
            "copies",
            f"topic {topic!r} has min.insync.replicas=1: an event counts as acknowledged when one "
            "broker has it",
            f"kafka-configs.sh --alter --topic {topic} --add-config min.insync.replicas=2",
        )


def check_brokers(client: AdminClient) -> Iterator[Finding]:
    """Look at what brokers do with a topic's name that nobody made."""
    for broker in client.list_topics(timeout=_ANSWER_S).brokers:
        settings = _settings(client, ResourceType.BROKER, str(broker))
        if settings.get("auto.create.topics.enable") == "true":
            yield warning(
                "automatic topics",
                f"broker {broker} makes any topic that is asked for: a mistyped BACKSTORY_TOPIC "
                "becomes a topic that nobody reads, with settings that expire",
                "set auto.create.topics.enable=false in the brokers' server.properties",
            )


def check_reading(
    client: AdminClient, consumer: str, topic: str, stored: Mapping[int, int], lag_s: float | None
) -> Iterator[Finding]:
    """Look at whether what a consumer has to read is, and stays, there."""
    try:
        there = reach(client, topic)
        settings = _settings(client, ResourceType.TOPIC, topic)
    except KafkaException:
        return  # the topic's own check says so
    yield from check_reach(consumer, topic, there, stored)
    yield from check_committed(consumer, topic, stored, _committed(client, consumer, topic))
    retention_s = int(settings["retention.ms"]) / 1000
    if lag_s is not None and 0 <= retention_s < 2 * lag_s:
        yield error(
            "retention",
            f"consumer {consumer!r} is {lag_s / 3600:.1f} h behind in topic {topic!r}, which keeps "
            f"events for {retention_s / 3600:.1f} h: it will lose some soon",
            f"kafka-configs.sh --alter --topic {topic} --add-config retention.ms=-1, then find out "
            "why the consumer is slow",
        )


def check_reach(
    consumer: str, topic: str, there: Reach, stored: Mapping[int, int]
) -> Iterator[Finding]:
    """Judge whether each stored offset lies within the topic."""
    for partition, offset in stored.items():
        where = f"partition {partition} of topic {topic!r}"
        begin, end = there.begins.get(partition, 0), there.ends.get(partition, 0)
        if offset < begin:
            yield error(
                "lost range",
                f"consumer {consumer!r} needs offset {offset} of {where}, which begins at {begin}: "
                f"{begin - offset} events are gone from the topic",
                "restore them from the ledger's windows or a backup of the topic; the consumer "
                "stops until then",
            )
        elif offset > end:
            yield error(
                "lost range",
                f"consumer {consumer!r} has read {where} up to {offset}, but it ends at {end}: the "
                "topic was made anew or has lost events",
                "check the brokers' disks; if the topic was made anew on purpose, delete the rows "
                "of the old one in history.offsets",
            )


def check_committed(
    consumer: str, topic: str, stored: Mapping[int, int], committed: Mapping[int, int]
) -> Iterator[Finding]:
    """Judge whether somebody commits in the group what the history does not have."""
    ahead = [part for part, offset in committed.items() if offset > stored.get(part, 0)]
    if ahead:
        yield error(
            "auto-commit",
            f"the group 'backstory.{consumer}' has committed offsets beyond what is kept in "
            f"partitions {ahead} of topic {topic!r}: another program reads in this group and takes "
            "its events",
            f"give that program a group of its own; only `backstory` reads as backstory.{consumer}",
        )


def _committed(client: AdminClient, consumer: str, topic: str) -> dict[int, int]:
    group = f"backstory.{consumer}"
    asked = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
    places = asked[group].result(_ANSWER_S).topic_partitions or []
    return {
        place.partition: place.offset
        for place in places
        if place.topic == topic and place.offset >= 0
    }


def _settings(client: AdminClient, kind: ResourceType, name: str) -> dict[str, str]:
    resource = ConfigResource(kind, name)
    found = client.describe_configs([resource])[resource].result(_ANSWER_S)
    return {key: entry.value for key, entry in found.items()}
