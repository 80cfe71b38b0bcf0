"""A part of a topic: what was asked for is in the fresh table, all of it and nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import Producer

from consumers import Asked, PersisterSettings, Selection
from schemas import Event, encode
from tests.consumers.observing import rows
from tests.consumers.producing import Produce
from tests.factories import an_event
from tests.replay.playing import persist, replay

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
"""When the first record was published, one each minute; their events happened long before."""


def minute(number: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=number)


@pytest.fixture
def published(live: PersisterSettings) -> list[Event]:
    """Ten events, one each minute, the even ones in partition 0, the odd ones in partition 4."""
    events = [an_event(time=minute(number) - timedelta(days=30)) for number in range(10)]
    producer = Producer({"bootstrap.servers": live.kafka_servers})
    for number, event in enumerate(events):
        at_ms = int(minute(number).timestamp() * 1000)
        partition = 4 * (number % 2)
        producer.produce(live.topic, encode(event), partition=partition, timestamp=at_ms)
    assert producer.flush(30) == 0
    persist(live)
    return events


DAYS_30 = timedelta(days=30)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(from_time=minute(3)), range(3, 10)),
        (Asked(to_time=minute(3)), range(3)),
        (Asked(from_time=minute(2), to_time=minute(7)), range(2, 7)),
        (Asked(from_time=minute(2) + timedelta(seconds=1), to_time=minute(7)), range(3, 7)),
        (Asked(from_time=minute(50)), []),
        (Asked(from_time=minute(-50), to_time=minute(50)), range(10)),
        (Asked(selection=Selection(since=minute(4) - DAYS_30)), range(4, 10)),
        (Asked(selection=Selection(until=minute(4) - DAYS_30)), range(4)),
        (Asked(selection=Selection(since=minute(4) - DAYS_30, until=minute(6) - DAYS_30)), [4, 5]),
        (Asked(from_offset=1, to_offset=3), [2, 3, 4, 5]),
        (Asked(from_offsets={0: 4}, to_offsets={4: 2}), [8, 1, 3]),
        (Asked(from_offset=3, from_offsets={0: 4}), [8, 7, 9]),
        (Asked(from_time=minute(2), from_offsets={0: 4}, to_time=minute(9)), [8, 3, 5, 7]),
        (Asked(from_offset=2, selection=Selection(until=minute(7) - DAYS_30)), [4, 5, 6]),
    ],
    ids=str,
)
def test_part_that_was_asked_for_is_read(
    live: PersisterSettings, published: Sequence[Event], asked: Asked, wanted: Sequence[int]
):
    """Records by their time, events by theirs; the end is left out; offsets go before times."""
    replay(live, asked)

    fresh = rows(live.history_url, "SELECT id FROM history_replay.events")
    assert {id_ for (id_,) in fresh} == {published[number].id for number in wanted}


def test_part_is_the_same_when_it_is_read_again(
    live: PersisterSettings, published: Sequence[Event], produce: Produce
):
    """What is published later belongs to no part whose end lies before it."""
    asked: dict[str, Any] = {"from_time": minute(1), "to_time": minute(6)}
    first = replay(live, Asked(**asked))
    produce([an_event()])
    persist(live)

    assert replay(live, Asked(**asked)).hash == first.hash
