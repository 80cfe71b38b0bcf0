"""The source contract on memory and on Kafka, and what only Kafka can get wrong."""

from collections.abc import Iterable

import pytest
from confluent_kafka import TopicPartition

from consumers import (
    KafkaSource,
    MemorySource,
    MissingRange,
    SourceRefused,
    SourceUnavailable,
    TopicRecreated,
)
from infra.kafka import admin
from infra.services import Services
from infra.waiting import wait_until
from tests.consumers.conftest import MakeSource
from tests.consumers.producing import Produce
from tests.consumers.source_contract import Add, SourceContract, take


class TestMemorySource(SourceContract):
    @pytest.fixture
    def source(self) -> MemorySource:
        return MemorySource()

    @pytest.fixture
    def add(self, source: MemorySource) -> Add:
        def add(values: Iterable[bytes]) -> None:
            for value in values:
                source.add(value)

        return add

    def test_expired_records_are_named_not_skipped(self):
        """The same stop as with Kafka, so that applications can test what they do about it."""
        source = MemorySource()
        for value in (b"a", b"b", b"c"):
            source.add(value)
        source.expire(0, before=2)

        source.start({0: 1})
        with pytest.raises(MissingRange, match="offsets 1 to 1 are gone"):
            source.poll(10, 0)


class TestKafkaSource(SourceContract):
    @pytest.fixture
    def source(self, make_source: MakeSource) -> KafkaSource:
        return make_source()

    @pytest.fixture
    def add(self, produce: Produce) -> Add:
        return produce

    def test_offset_the_broker_has_expired_stops_and_names_the_range(
        self, source: KafkaSource, produce: Produce, services: Services, topic: str
    ):
        """Nothing is skipped without a decision (auto.offset.reset would jump silently)."""
        produce([b"a", b"b", b"c", b"d"])
        delete_before(services.kafka, topic, offset=3)
        self.start_all(source, at={0: 1})

        with pytest.raises(MissingRange) as caught:
            take(source, 1)

        assert (caught.value.topic, caught.value.partition) == (topic, 0)
        assert (caught.value.first, caught.value.available) == (1, 3)

    def test_offset_beyond_the_end_stops(self, source: KafkaSource, produce: Produce):
        """A topic that is shorter than what was read is another topic."""
        produce([b"a"])
        self.start_all(source, at={0: 5})

        with pytest.raises(TopicRecreated, match="ends at 1 and was read up to 5"):
            take(source, 1)

    def test_headers_come_with_the_record(self, source: KafkaSource, produce: Produce):
        """Dead letters keep them."""
        produce([b"a"], headers=[("traceparent", b"00-1-2-01"), ("empty", b"")])
        self.start_all(source)

        assert take(source, 1)[0].headers == [("traceparent", b"00-1-2-01"), ("empty", b"")]

    def test_missing_topic_is_named_with_the_way_out(self, make_source: MakeSource):
        """A persister started before `backstory migrate` must not wait in silence."""
        source = make_source(topic="no.such.topic")

        with pytest.raises(SourceRefused, match="backstory migrate"):
            take(source, 1)

    def test_partitions_move_to_a_second_member_and_back(
        self, make_source: MakeSource, produce: Produce
    ):
        """Whoever joins gets its share, and whoever leaves gives it back; nobody restarts."""
        first = make_source()
        self.start_all(first)
        assert self.reading(first) == [6]

        second = make_source()
        assert wait_until(lambda: self.reading(first, second) == [3, 3], timeout_s=20)
        second.close()

        assert wait_until(lambda: self.reading(first) == [6], timeout_s=20)

    def test_member_that_was_shut_out_joins_again(self, make_source: MakeSource, produce: Produce):
        """A broker that comes back may fence a member once; nobody should have to restart it."""
        produce([b"a"])
        first = make_source(instance="one")
        self.start_all(first)
        assert self.assigned(make_source(instance="one"))

        with pytest.raises(SourceUnavailable, match="shut us out"):
            take(first, 2)

        self.start_all(first)
        assert take(first, 1)

    def test_two_processes_with_the_same_instance_do_not_take_turns_for_ever(
        self, make_source: MakeSource
    ):
        """Who is shut out again and again stops, and says what the two have to do."""
        first = make_source(instance="one")
        self.start_all(first)
        for _ in range(2):
            assert self.assigned(make_source(instance="one"))
            with pytest.raises(SourceUnavailable):
                take(first, 1)
            self.start_all(first)
        assert self.assigned(make_source(instance="one"))

        with pytest.raises(SourceRefused, match="BACKSTORY_INSTANCE"):
            take(first, 1)

    def reading(self, *sources: KafkaSource) -> list[int]:
        """How many partitions each reads, after starting what it was given."""
        for source in sources:
            source.poll(10, 0.05)
            source.start(dict.fromkeys(source.waiting()))
        return [len(source.started()) for source in sources]


def delete_before(servers: str, topic: str, *, offset: int, partition: int = 0) -> None:
    """Drop records of a partition, as retention does."""
    target = TopicPartition(topic, partition, offset)
    client = admin(servers)
    client.delete_records([target])[target].result(10)
