"""Events into history.events: by COPY, through a stage if some are kept already, halved if bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString

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


@dataclass(frozen=True)
class Into:
    """The statements that write one table of events; the stage is the same for all.

    Attributes:
        copy: COPY into the table.
        make_stage: the stage, in the table's columns.
        keep_staged: from the stage those that the table does not have.
    """

    copy: LiteralString
    make_stage: LiteralString
    keep_staged: LiteralString


HISTORY: Final = Into(*map(statement, ("copy_events", "make_stage", "keep_staged")))


def keep_events(
    connection: Connection, topic: str, events: Sequence[RecordEvent], into: Into = HISTORY
) -> Kept:
    """Insert the events that are new; leave out, by halving, each that makes no row or a bad one.

    Runs inside the caller's transaction: each attempt is a savepoint.
    """
    if not events:
        return Kept(0)
    try:
        return Kept(_insert(connection, topic, events, into))
    except POISON as error:
        if len(events) == 1:
            return Kept(0, [DeadLetter(events[0][0], str(error).strip())])
    first, second = events[: len(events) // 2], events[len(events) // 2 :]
    return keep_events(connection, topic, first, into) + keep_events(
        connection, topic, second, into
    )


def _insert(connection: Connection, topic: str, events: Sequence[RecordEvent], into: Into) -> int:
    try:
        with connection.transaction():
            return copy_events(connection, into.copy, topic, events)
    except errors.UniqueViolation:
        pass
    with connection.transaction():
        connection.execute(into.make_stage)
        copy_events(connection, statement("copy_stage"), topic, events)
        new = connection.execute(into.keep_staged).rowcount
        connection.execute(statement("drop_stage"))
        return new


def copy_events(
    connection: Connection, copying: LiteralString, topic: str, events: Sequence[RecordEvent]
) -> int:
    """COPY the events' rows by that statement; returns their number.

    Each row is made while the server works on those before it.
    """
    with connection.cursor() as cursor:
        with cursor.copy(copying) as copy:
            copy.set_types(COLUMN_TYPES)
            write_row = copy.write_row
            for record, event in events:
                write_row(row_of(topic, record, event))
        return cursor.rowcount
