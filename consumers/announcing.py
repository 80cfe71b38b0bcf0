"""The events that tell what people did and decided, on their way from the history to Kafka."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from schemas import Event, decode, encode

from .decisions import Decided, event_of
from .history.failures import translated
from .sql import statement

Publish = Callable[[Sequence[tuple[Event, bytes]]], bool]
"""Takes events with their bytes; says whether Kafka has acknowledged them all."""

_Connection = psycopg.Connection[Any]
_Waiting = tuple[int, tuple[Event, bytes]]
"""The number of an act or a decision, and its event."""


def announce_acts(url: str, publish: Publish) -> int:
    """Publish what Kafka has not acknowledged yet, and note that it has; how many that were.

    Acts on dead letters are written with their events, and the event of a decision is made of its
    row: none is lost when Kafka is down, and after a crash an event may be published again, under
    the same id. What another process is publishing is left to it.
    Raises SinkUnavailable or SinkRefused.
    """
    try:
        with psycopg.connect(url, autocommit=True, application_name="backstory.acts") as connection:
            connection.execute(statement("open_session"))
            return sum(
                _announced(connection, find, note, publish)
                for find, note in ((_acts, _note_acts), (_decisions, _note_decisions))
            )
    except psycopg.Error as error:
        raise translated("history", error) from error


def _announced(
    connection: _Connection,
    find: Callable[[_Connection], list[_Waiting]],
    note: Callable[[_Connection, list[_Waiting]], None],
    publish: Publish,
) -> int:
    with connection.transaction():
        found = find(connection)
        if not found or not publish([event for _, event in found]):
            return 0
        note(connection, found)
        return len(found)


def _acts(connection: _Connection) -> list[_Waiting]:
    rows = connection.execute(statement("unpublished_acts"))
    return [(letter, (decode(text.encode()), text.encode())) for letter, text in rows]


def _note_acts(connection: _Connection, published: list[_Waiting]) -> None:
    connection.execute(statement("note_published"), ([letter for letter, _ in published],))


def _decisions(connection: _Connection) -> list[_Waiting]:
    mine = connection.execute(statement("lock_decisions")).fetchone()
    if not (mine and mine[0]):
        return []
    decided = [Decided(*row) for row in connection.execute(statement("unpublished_decisions"))]
    events = [(one.number, event_of(one)) for one in decided]
    return [(number, (event, encode(event))) for number, event in events]


def _note_decisions(connection: _Connection, published: list[_Waiting]) -> None:
    numbers, ids = [number for number, _ in published], [event.id for _, (event, _) in published]
    connection.execute(statement("note_decisions_published"), (numbers, ids))
