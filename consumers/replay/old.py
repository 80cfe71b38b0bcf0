"""The histories that were replaced: kept until somebody drops them, never with events in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from ..history.failures import translated
from .agreed import Agreed, decide
from .errors import OldHistoryNeeded
from .session import NAME, Connection, Session
from .sql import statement


@dataclass(frozen=True)
class OldHistory:
    """One that was replaced, in a schema of its own."""

    schema: str
    size_bytes: int


@dataclass(frozen=True)
class Left:
    """Events that only a replaced history holds."""

    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def old_histories(history_url: str) -> list[OldHistory]:
    """The oldest first; raises SinkUnavailable or SinkRefused."""
    try:
        with psycopg.connect(history_url) as connection:
            return [OldHistory(*row) for row in connection.execute(statement("old_schemas"))]
    except psycopg.Error as error:
        raise translated(NAME, error) from error


def drop_old_histories(history_url: str, agreed: Agreed) -> list[str]:
    """Drop them, each with a decision that tells who did, if the live one has all their events.

    What it lacks is copied first if that is agreed to; else raises OldHistoryNeeded.
    """
    dropped = []
    with Session(history_url) as session:
        for old in old_histories(history_url):
            with session.transaction() as connection:
                _drop(connection, old, agreed)
            dropped.append(old.schema)
    return dropped


def _drop(connection: Connection, old: OldHistory, agreed: Agreed) -> None:
    if (left := _left_in(connection, old.schema)).count:
        if not agreed.carry_over:
            raise OldHistoryNeeded(old.schema, left.count, left.first_at, left.last_at)
        copy = sql.SQL(statement("copy_from_old")).format(old=_events(old))
        connection.execute(copy)
        decide(connection, "carried over", agreed, {"old": old.schema, **asdict(left)})
    drop = sql.SQL(statement("drop_old"))
    connection.execute(drop.format(table=_events(old), schema=sql.Identifier(old.schema)))
    decide(connection, "dropped", agreed, {"old": old.schema, "size_bytes": old.size_bytes})


def _events(old: OldHistory) -> sql.Identifier:
    return sql.Identifier(old.schema, "events")


def _left_in(connection: Connection, schema: str) -> Left:
    names = connection.execute(statement("old_leaves"), (f"{schema}.events",)).fetchall()
    found = []
    for (name,) in names:
        query = sql.SQL(statement("left_in_old")).format(old=sql.Identifier(schema, name))
        row = connection.execute(query).fetchone()
        if row and row[0]:
            found.append(Left(*row))
    return Left(
        sum(left.count for left in found),
        min((left.first_at for left in found if left.first_at), default=None),
        max((left.last_at for left in found if left.last_at), default=None),
    )
