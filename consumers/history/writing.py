"""Events into history.events: by COPY, through a stage if some are kept already, halved if bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors

from schemas import Event

from ..records import DeadLetter, Record
from ..sql import statement
from .failures import POISON
from .rows import COLUMN_TYPES, row_of

Connection = psycopg.Connection[Any]
RecordEvent = tuple[Record, Event]


@dataclass(frozen=True)
class Kept:
    """How many rows are new, and which records Postgres would not take."""

    new: int
    dead: list[DeadLetter] = field(default_factory=list)

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.new + other.new, self.dead + other.dead)


def keep_events(connection: Connection, topic: str, events: Sequence[RecordEvent]) -> Kept:
    """Insert the events that are new; leave out, by halving, each that makes no row or a bad one.

    Runs inside the caller's transaction: each attempt is a savepoint.
    """
    if not events:
        return Kept(0)
    try:
        return Kept(_insert(connection, topic, events))
    except POISON as error:
        if len(events) == 1:
            return Kept(0, [DeadLetter(events[0][0], str(error).strip())])
    first, second = events[: len(events) // 2], events[len(events) // 2 :]
    return keep_events(connection, topic, first) + keep_events(connection, topic, second)


def _insert(connection: Connection, topic: str, events: Sequence[RecordEvent]) -> int:
    try:
        with connection.transaction():
            return copy_events(connection, "copy_events", topic, events)
    except errors.UniqueViolation:
        pass
    with connection.transaction():
        connection.execute(statement("make_stage"))
        copy_events(connection, "copy_stage", topic, events)
        new = connection.execute(statement("keep_staged")).rowcount
        connection.execute(statement("drop_stage"))
        return new


def copy_events(
    connection: Connection, name: str, topic: str, events: Sequence[RecordEvent]
) -> int:
    """COPY the events' rows by the statement of that name; returns their number.

    Each row is made while the server works on those before it.
    """
    with connection.cursor() as cursor:
        with cursor.copy(statement(name)) as copy:
            copy.set_types(COLUMN_TYPES)
            write_row = copy.write_row
            for record, event in events:
                write_row(row_of(topic, record, event))
        return cursor.rowcount
