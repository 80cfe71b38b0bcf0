"""What a person decides about offsets that cannot be read, kept with the move it causes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from ..dead import Person
from ..decisions import Decision, keep_decision
from ..errors import OffsetConflict
from ..history.failures import translated
from ..sql import statement as history_statement
from .kafka import TopicState
from .sql import statement
from .standing import Obstacle, Standing, obstacle_of

_NOT_RESTARTED: Final = (None, Obstacle.MISSING)


def skip(url: str, standing: Standing, state: TopicState, person: Person) -> Decision:
    """Let a consumer go on behind a range that the broker has dropped; returns what was kept.

    Raises ValueError when nothing is missing there, InvalidEvent for a reason that is too long,
    OffsetConflict when the consumer has moved meanwhile, SinkUnavailable, SinkRefused (also when
    no reason is given); then nothing was done.
    """
    if obstacle_of(standing, state) is not Obstacle.MISSING:
        raise ValueError(f"nothing is missing for {standing.consumer!r} in {standing.partition}")
    held = state.partitions[standing.partition]
    decision = Decision(
        kind="range skipped",
        actor=person.name,
        reason=person.reason,
        facts={
            "consumer": standing.consumer,
            "topic": standing.topic,
            "topic_id": standing.topic_id,
            "partition": standing.partition,
            "first_offset": standing.next_offset,
            "last_offset": held.first - 1,
            "last_kept_at": standing.moved_at,
            "next_published_at": held.first_at,
        },
    )
    _move(url, [(standing, state.topic_id, held.first)], decision)
    return decision


def restart(url: str, stood: Sequence[Standing], state: TopicState, person: Person) -> Decision:
    """Let one consumer read the topic of that name from its beginning; returns what was kept.

    ``stood`` are all its standings in it. What it kept before it knows by id. Raises ValueError
    when it can go on where it stands; otherwise as ``skip``.
    """
    first = stood[0]
    if all(obstacle_of(each, state) in _NOT_RESTARTED for each in stood):
        raise ValueError(f"{first.consumer!r} can go on where it stands in {first.topic!r}")
    decision = Decision(
        kind="topic read again",
        actor=person.name,
        reason=person.reason,
        facts={
            "consumer": first.consumer,
            "topic": first.topic,
            "former_topic_id": first.topic_id,
            "topic_id": state.topic_id,
            "former_offsets": {str(each.partition): each.next_offset for each in stood},
        },
    )
    _move(url, [(each, state.topic_id, 0) for each in stood], decision)
    return decision


def _move(url: str, moves: Sequence[tuple[Standing, str, int]], decision: Decision) -> None:
    try:
        with psycopg.connect(url, application_name="backstory.offsets") as connection:
            connection.execute(history_statement("open_session"))
            for standing, topic_id, offset in moves:
                name = "decide" if standing.moved_at else "decide_unread"
                moved = connection.execute(statement(name), _row(standing, topic_id, offset))
                if moved.rowcount != 1:
                    raise OffsetConflict(standing.consumer, standing.topic, [standing.partition])
            keep_decision(connection, decision)
    except psycopg.Error as error:
        raise translated("history", error) from error


def _row(standing: Standing, topic_id: str, offset: int) -> dict[str, Any]:
    return {
        "consumer": standing.consumer,
        "topic": standing.topic,
        "partition": standing.partition,
        "topic_id": topic_id,
        "next_offset": offset,
        "former_topic_id": standing.topic_id,
        "former_offset": standing.next_offset,
    }
