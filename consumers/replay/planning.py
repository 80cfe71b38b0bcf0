"""Where a replay begins in each partition, and how far it reads now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..errors import TopicRecreated
from ..records import Position
from ..sql import statement as history_statement
from .asked import Asked
from .errors import ReplayRangeGone
from .fresh import Place
from .kafka import TopicPart
from .session import Connection


def planned(source: TopicPart, asked: Asked, known: Collection[int] = ()) -> list[Place]:
    """A place for each partition of the topic as it is now, except those that are known.

    Raises ReplayRangeGone when an offset that was asked for has expired.
    """
    bounds = source.bounds()
    starts = source.offsets_at(asked.from_time) if asked.from_time else {}
    ends = source.offsets_at(asked.to_time) if asked.to_time else {}
    places = []
    for partition, (low, high) in bounds.items():
        if partition in known:
            continue
        first = _first_of(
            asked.from_offsets.get(partition), asked.from_offset, starts.get(partition, low)
        )
        last = _first_of(asked.to_offsets.get(partition), asked.to_offset, ends.get(partition))
        if first is None or first < low:
            raise ReplayRangeGone(source.topic, partition, first or 0, low)
        first = min(first, high)
        places.append(Place(partition, first, first, None if last is None else min(last, high)))
    return places


def live_positions(
    connection: Connection, consumer: str, source: TopicPart
) -> Mapping[int, Position]:
    """How far the live history has read the topic; raises TopicRecreated if it was another one."""
    rows = connection.execute(history_statement("read_offsets"), (consumer, source.topic))
    live = {partition: Position(offset, topic_id) for partition, offset, topic_id in rows}
    topic_id = source.topic_id() if live else ""
    for position in live.values():
        if position.topic_id != topic_id:
            reason = f"its id was {position.topic_id} when the live history read it, is {topic_id}"
            raise TopicRecreated(source.topic, reason)
    return live


def targets(
    places: Sequence[Place], live: Mapping[int, Position], ends: Mapping[int, int]
) -> dict[int, int]:
    """By partition: how far to read, so that the fresh table holds no more than the live one.

    ``ends`` are the ends of the topic, for a history that has not read it at all.
    """
    found = {}
    for place in places:
        if place.last is not None:
            target = place.last
        elif live:
            position = live.get(place.partition)
            target = position.next_offset if position else place.first
        else:
            target = ends.get(place.partition, place.first)
        found[place.partition] = max(target, place.next)
    return found


def _first_of(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
