"""Rows into history.events: by COPY, through a stage if some are kept already, halved if bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors

from ..records import DeadLetter, Record
from ..sql import statement
from .failures import POISON
from .rows import COLUMN_TYPES, Row

Connection = psycopg.Connection[Any]
RecordRow = tuple[Record, Row]


@dataclass(frozen=True)
class Kept:
    """How many rows are new, and which records Postgres would not take."""

    new: int
    dead: list[DeadLetter] = field(default_factory=list)

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.new + other.new, self.dead + other.dead)


def keep_rows(connection: Connection, rows: Sequence[RecordRow]) -> Kept:
    """Insert the rows that are new; leave out, by halving, each that Postgres refuses as data.

    Runs inside the caller's transaction: each attempt is a savepoint.
    """
    if not rows:
        return Kept(0)
    try:
        return Kept(_insert(connection, rows))
    except POISON as error:
        if len(rows) == 1:
            return Kept(0, [DeadLetter(rows[0][0], str(error).strip())])
    middle = len(rows) // 2
    return keep_rows(connection, rows[:middle]) + keep_rows(connection, rows[middle:])


def _insert(connection: Connection, rows: Sequence[RecordRow]) -> int:
    try:
        with connection.transaction():
            return copy_rows(connection, "copy_events", rows)
    except errors.UniqueViolation:
        pass
    with connection.transaction():
        connection.execute(statement("make_stage"))
        copy_rows(connection, "copy_stage", rows)
        new = connection.execute(statement("keep_staged")).rowcount
        connection.execute(statement("drop_stage"))
        return new


def copy_rows(connection: Connection, name: str, rows: Sequence[RecordRow]) -> int:
    """COPY the rows by the statement of that name; returns their number."""
    with connection.cursor() as cursor:
        with cursor.copy(statement(name)) as copy:
            copy.set_types(COLUMN_TYPES)
            write_row = copy.write_row
            for _, row in rows:
                write_row(row)
        return cursor.rowcount
