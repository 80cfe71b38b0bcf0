"""What every source promises; run on memory and on Kafka."""

from collections.abc import Callable, Iterable

from consumers import Record, Source
from infra.waiting import wait_until

Add = Callable[[Iterable[bytes]], None]


class SourceContract:
    """Subclasses give ``source``, of an empty topic, and ``add``, which appends to partition 0."""

    def test_assigned_partition_waits_until_told_where_to_begin(self, source: Source, add: Add):
        """Only the sink knows where we are; reading from anywhere else would lose or repeat."""
        add([b"a"])

        assert self.assigned(source)
        assert source.poll(10, 0.3) == []

    def test_without_stored_offset_reading_begins_with_the_oldest(self, source: Source, add: Add):
        """A new consumer gets the past."""
        add([b"a", b"b"])

        self.start_all(source)

        assert values(take(source, 2)) == [b"a", b"b"]

    def test_reading_begins_at_the_stored_offset(self, source: Source, add: Add):
        """What the sink has is not read again."""
        add([b"a", b"b", b"c"])

        self.start_all(source, at={0: 1})

        records = take(source, 2)
        assert values(records) == [b"b", b"c"]
        assert [record.offset for record in records] == [1, 2]

    def test_poll_gives_no_more_than_asked_for(self, source: Source, add: Add):
        """A batch is one transaction; its size is the consumer's choice."""
        add([b"a", b"b", b"c"])
        self.start_all(source)

        first = take(source, 2, limit=2)

        assert values(first) == [b"a", b"b"]
        assert values(take(source, 1)) == [b"c"]

    def test_rewound_source_waits_and_reads_the_same_again(self, source: Source, add: Add):
        """After a failure everything comes again from where the sink stands."""
        add([b"a", b"b", b"c"])
        self.start_all(source)
        take(source, 3)

        source.rewind()
        assert source.poll(10, 0.1) == []
        self.start_all(source, at={0: 1})

        assert values(take(source, 2)) == [b"b", b"c"]

    def test_rewind_and_start_any_number_of_times_skips_nothing(self, source: Source, add: Add):
        """Records on their way during a seek are neither taken for new nor skipped."""
        add([b"%d" % number for number in range(3000)])
        self.start_all(source)
        for at in (7, 2500, 0, 1234, 1233):
            source.poll(100, 0.05)
            source.rewind()
            self.start_all(source, at={0: at})

        expected = [b"%d" % number for number in range(1233, 3000)]
        assert values(take(source, len(expected))) == expected

    def test_ends_name_the_offset_after_the_last_record(self, source: Source, add: Add):
        """Draining knows when it is done; empty partitions are not waited for."""
        add([b"a", b"b"])

        assert dict(source.ends()) == {0: 2}

    def test_lag_counts_what_was_not_handed_out(self, source: Source, add: Add):
        """Operators see it as events behind."""
        add([b"a", b"b", b"c"])
        self.start_all(source)
        take(source, 2, limit=2)

        assert source.lag() == 1

    def test_topic_id_stays_the_same(self, source: Source):
        """It is compared with the stored one whenever partitions are assigned."""
        assert source.topic_id() == source.topic_id() != ""

    def assigned(self, source: Source) -> bool:
        """Whether partitions come within a while."""

        def waiting() -> bool:
            assert source.poll(1, 0.05) == []
            return bool(source.waiting())

        return wait_until(waiting, timeout_s=20)

    def start_all(self, source: Source, at: dict[int, int] | None = None) -> None:
        """Begin every assigned partition at its offset, or with its oldest record."""
        assert source.waiting() or self.assigned(source)
        source.start({p: (at or {}).get(p) for p in source.waiting()})


def take(source: Source, count: int, *, limit: int = 1000) -> list[Record]:
    """Poll until so many have come."""
    records: list[Record] = []

    def enough() -> bool:
        records.extend(source.poll(limit, 0.05))
        return len(records) >= count

    assert wait_until(enough, timeout_s=20), f"{len(records)} of {count} came"
    return records


def values(records: list[Record]) -> list[bytes | None]:
    """Their values."""
    return [record.value for record in records]
