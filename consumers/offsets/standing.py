"""Where a consumer stands in a partition, and whether it can go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import psycopg

from ..history.failures import translated
from ..sql import statement as history_statement
from .kafka import TopicState
from .sql import statement


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A row of history.offsets; ``moved_at`` is when the last batch before it was kept.

    None: there is no row, because nothing of the partition was ever read.
    """

    consumer: str
    topic: str
    topic_id: str
    partition: int
    next_offset: int
    moved_at: datetime | None


class Obstacle(StrEnum):
    """What keeps a consumer from going on.

    Attributes:
        MISSING: the broker dropped what it had not read: ``skip``, or restore it.
        RECREATED: the topic was deleted and created again: ``restart``.
        CUT_SHORT: the partition ends before what was read of it: ``restart``.
    """

    MISSING = "missing range"
    RECREATED = "topic recreated"
    CUT_SHORT = "cut short"


def standings(url: str, topic: str, consumer: str | None = None) -> list[Standing]:
    """Where consumers stand, by consumer and partition; raises SinkUnavailable or SinkRefused."""
    try:
        with psycopg.connect(url, application_name="backstory.offsets") as connection:
            connection.execute(history_statement("open_session"))
            named = {"topic": topic, "consumer": consumer}
            rows = connection.execute(statement("standings"), named).fetchall()
    except psycopg.Error as error:
        raise translated("history", error) from error
    return [
        Standing(
            consumer=name,
            topic=topic,
            topic_id=topic_id,
            partition=partition,
            next_offset=offset,
            moved_at=moved_at,
        )
        for name, topic_id, partition, offset, moved_at in rows
    ]


def unread_partitions(
    stood: Sequence[Standing], topic: str, consumer: str, state: TopicState
) -> list[Standing]:
    """Partitions that a consumer never read and of which the broker has dropped something."""
    read = {each.partition for each in stood if each.consumer == consumer}
    return [
        Standing(
            consumer=consumer,
            topic=topic,
            topic_id=state.topic_id,
            partition=partition,
            next_offset=0,
            moved_at=None,
        )
        for partition, held in sorted(state.partitions.items())
        if held.first > 0 and partition not in read
    ]


def obstacle_of(standing: Standing, state: TopicState) -> Obstacle | None:
    """What keeps a consumer from going on where it stands, if anything does."""
    held = state.partitions.get(standing.partition)
    if standing.topic_id != state.topic_id or held is None:
        return Obstacle.RECREATED
    if standing.next_offset < held.first:
        return Obstacle.MISSING
    return Obstacle.CUT_SHORT if standing.next_offset > held.end else None
