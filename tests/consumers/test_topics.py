"""The topics `backstory migrate` makes, and those it refuses; dead letters on their topic."""

import uuid
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient, ConfigResource
from confluent_kafka.cimpl import NewTopic

from consumers import (
    DeadLetter,
    KafkaDeadLetterTopic,
    Record,
    SourceUnavailable,
    TopicUnsafe,
    create_topics,
)
from infra.kafka import admin, delete_topic
from infra.services import Services


@pytest.fixture
def client(services: Services) -> AdminClient:
    return admin(services.kafka)


@pytest.fixture
def name(client: AdminClient) -> Iterator[str]:
    """A topic's name that nobody has taken; the topic is deleted afterwards."""
    name = f"test.{uuid.uuid4().hex[:12]}"
    yield name
    delete_topic(client, name)


def test_topic_keeps_everything_for_ever(services: Services, client: AdminClient, name: str):
    """The topic is the log that history can be rebuilt from."""
    assert create_topics(services.kafka, [name]) == []

    assert len(client.list_topics(name, timeout=10).topics[name].partitions) == 6
    resource = ConfigResource(ConfigResource.Type.TOPIC, name)
    found = client.describe_configs([resource])[resource].result(10)
    settings = ("cleanup.policy", "retention.ms", "retention.bytes", "min.insync.replicas")
    assert [found[setting].value for setting in settings] == ["delete", "-1", "-1", "1"]


def test_creating_again_changes_nothing(services: Services, name: str):
    """It runs with every deployment."""
    create_topics(services.kafka, [name])

    assert create_topics(services.kafka, [name], partitions=3) == []


def test_compacted_topic_is_refused(services: Services, client: AdminClient, name: str):
    """Compaction keeps the last event of each key: all but the newest history of an object goes."""
    make(client, name, {"cleanup.policy": "compact"})

    with pytest.raises(TopicUnsafe, match=r"cleanup\.policy=delete"):
        create_topics(services.kafka, [name])


def test_limited_retention_is_warned_of(services: Services, client: AdminClient, name: str):
    """It may be wanted, but then nobody may be slower."""
    make(client, name, {"retention.ms": "86400000"})

    (warning,) = create_topics(services.kafka, [name])

    assert "retention.ms=86400000" in warning


def test_broker_that_is_not_there_is_named():
    """The first thing to go wrong in a new installation."""
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1:1"):
        create_topics("127.0.0.1:1", ["any"], answer_s=0.5)


def test_dead_letter_is_published_as_it_was(services: Services, topic: str):
    """Its own bytes and headers, and headers that say where it was and why."""
    record = Record(3, 7, b"key", b"\xffnonsense", lambda: [("traceparent", b"00")])
    letters = [DeadLetter(record, "no JSON"), DeadLetter(Record(0, 8, None, None), "tombstone")]

    dead_letters = KafkaDeadLetterTopic(services.kafka, topic)
    dead_letters.publish("history", "events", letters)
    dead_letters.close()

    first, second = sorted(
        read(services.kafka, topic, 2), key=lambda message: message.key() is None
    )
    assert (first.key(), first.value()) == (b"key", b"\xffnonsense")
    assert first.headers() == [
        ("traceparent", b"00"),
        ("backstory.consumer", b"history"),
        ("backstory.topic", b"events"),
        ("backstory.partition", b"3"),
        ("backstory.offset", b"7"),
        ("backstory.reason", b"no JSON"),
    ]
    assert (second.key(), second.value()) == (None, None)


def make(client: AdminClient, name: str, config: dict[str, str]) -> None:
    """A topic with these settings."""
    client.create_topics([NewTopic(name, 1, 1, config=config)])[name].result(10)


def read(servers: str, topic: str, count: int) -> list:
    """So many messages of a topic."""
    settings = {
        "bootstrap.servers": servers,
        "group.id": f"read.{topic}",
        "auto.offset.reset": "earliest",
    }
    client = Consumer(settings)
    client.subscribe([topic])
    messages = client.consume(count, 20)
    client.close()
    return messages


def test_broker_that_is_away_is_told_of_once(caplog: pytest.LogCaptureFixture):
    """The client tries many times a second; a night of that would fill a disk."""
    dead_letters = KafkaDeadLetterTopic("127.0.0.1:1", "dead")
    dead_letters.publish("history", "events", [DeadLetter(Record(0, 8, None, None), "tombstone")])
    dead_letters.close()

    said = [record.getMessage() for record in caplog.records if record.name == "backstory.kafka"]
    refused = [line for line in said if "Connect to ipv4#127.0.0.1:1 failed" in line]
    assert len(refused) == 1
