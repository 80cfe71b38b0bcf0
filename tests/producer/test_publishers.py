"""The publisher in memory and the one to Kafka keep the same promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from infra.embedded import EmbeddedKafka
from infra.kafka import admin, create_topic
from infra.services import Services
from producer import DeliveryFailed, KafkaPublisher, MemoryPublisher, Publisher, Record
from schemas import RecordHeaders
from tests.producer.topic_reading import messages_on

HEADERS: RecordHeaders = [("content-type", b"a/b")]


def records(*values: str, key: str = "k") -> list[Record]:
    """Return a batch under one key."""
    return [
        Record(key, value.encode(), HEADERS, f"{place:026d}") for place, value in enumerate(values)
    ]


def settled(publisher: Publisher) -> None:
    """Wait until the batch is acknowledged."""
    while not publisher.settle(1):
        pass


def sent_and_settled(publisher: Publisher, batch: list[Record]) -> None:
    """Publish a batch."""
    publisher.send(batch)
    settled(publisher)


class PublisherContract(ABC):
    """Subclass it with a publisher and a look at what has landed."""

    @abstractmethod
    def publisher(self) -> Publisher:
        """Return the publisher, the same each time."""

    @abstractmethod
    def landed(self) -> list[str]:
        """Return the values that have landed, in order."""

    def test_batches_land_in_their_order(self) -> None:
        """When settled, all of a batch has landed."""
        publisher = self.publisher()
        publisher.send(records("a", "b", "c"))
        settled(publisher)
        assert self.landed() == ["a", "b", "c"]
        publisher.send(records("d"))
        settled(publisher)
        assert self.landed() == ["a", "b", "c", "d"]

    def test_failed_batch_can_be_sent_again(self) -> None:
        """Whatever of it has landed; nothing of it comes later."""
        publisher = self.publisher()
        self.fail_next()
        batch = records("a", self.poison(), "c")
        with pytest.raises(DeliveryFailed):
            sent_and_settled(publisher, batch)
        publisher.send(records("a", "c"))
        settled(publisher)
        assert self.landed()[-2:] == ["a", "c"]

    @abstractmethod
    def fail_next(self) -> None:
        """Let the delivery of the next batch fail at its second record."""

    @abstractmethod
    def poison(self) -> str:
        """Return the value of that record."""

    def test_nothing_under_way_is_settled(self) -> None:
        """Also after a drop."""
        publisher = self.publisher()
        assert publisher.settle(0)
        publisher.drop()
        assert publisher.settle(0)


class TestMemoryPublisher(PublisherContract):
    """What landed is a list."""

    @pytest.fixture(autouse=True)
    def _publisher(self) -> None:
        self.one = MemoryPublisher()

    def publisher(self) -> Publisher:
        return self.one

    def landed(self) -> list[str]:
        return [record.value.decode() for record in self.one.records]

    def fail_next(self) -> None:
        self.one.failures.append(1)

    def poison(self) -> str:
        return "b"


class TestKafkaPublisher(PublisherContract):
    """What landed is on a topic."""

    @pytest.fixture(autouse=True)
    def _publisher(self, services: Services, topic: str) -> Iterator[None]:
        self.kafka, self.topic = services.kafka, topic
        self.one = KafkaPublisher(services.kafka, topic)
        yield
        self.one.close()

    def publisher(self) -> Publisher:
        return self.one

    def landed(self) -> list[str]:
        return [
            (message.value() or b"").decode() for message in messages_on(self.kafka, self.topic)
        ]

    def poison(self) -> str:
        return "b" * 2_000_000

    def test_record_is_what_a_consumer_gets(self) -> None:
        """Key, value and headers; equal keys on one partition, as the Java client places them."""
        self.one.send(records("a", "b", key="cap.Certificate/1"))
        settled(self.one)
        first, second = messages_on(self.kafka, self.topic)
        assert (first.key(), first.value(), first.headers()) == (
            b"cap.Certificate/1",
            b"a",
            [("content-type", b"a/b")],
        )
        assert first.partition() == second.partition() == murmur2(b"cap.Certificate/1") % 6

    def test_safety_cannot_be_configured_away(self, services: Services) -> None:
        """An installation's settings do not override acknowledgements."""
        publisher = KafkaPublisher(services.kafka, self.topic, {"acks": "0", "linger.ms": "1"})
        publisher.send(records("a"))
        settled(publisher)
        publisher.close()
        assert self.landed() == ["a"]


def test_broker_that_is_away_is_waited_for(private_kafka: EmbeddedKafka) -> None:
    """A batch settles when the broker is back, without being sent again."""
    kafka = private_kafka.bootstrap_servers
    create_topic(admin(kafka), "waiting", partitions=1)
    publisher = KafkaPublisher(kafka, "waiting")
    publisher.send(records("a"))
    settled(publisher)
    private_kafka.kill()
    publisher.send(records("b", "c"))
    assert not publisher.settle(0.5)
    private_kafka.start()
    settled(publisher)
    publisher.close()
    assert [message.value() for message in messages_on(kafka, "waiting")] == [b"a", b"b", b"c"]


def murmur2(key: bytes) -> int:
    """Return what Kafka's Java client computes, as a positive number."""
    mask, mix = 0xFFFFFFFF, 0x5BD1E995
    value = 0x9747B28C ^ len(key)
    whole = len(key) // 4 * 4
    for place in range(0, whole, 4):
        word = int.from_bytes(key[place : place + 4], "little") * mix & mask
        value = (value * mix & mask) ^ ((word ^ word >> 24) * mix & mask)
    if whole < len(key):
        value = (value ^ int.from_bytes(key[whole:], "little")) * mix & mask
    value = (value ^ value >> 13) * mix & mask
    return (value ^ value >> 15) & 0x7FFFFFFF
