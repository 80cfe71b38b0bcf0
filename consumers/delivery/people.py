"""What people ask and decide about deliveries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from .sql import statement

Connection = psycopg.Connection[Any]
Described = dict[str, Any]


def deliveries_like(
    connection: Connection,
    *,
    state: str | None = None,
    channel: str | None = None,
    rule: str | None = None,
    limit: int = 50,
) -> list[Described]:
    """Return the newest deliveries that fit all that is given."""
    named = {"state": state, "channel": channel, "rule": rule, "limit": limit}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement("listed"), named).fetchall()


def delivery_with(connection: Connection, delivery: UUID) -> Described | None:
    """Return one delivery with its attempts, or None."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement("shown"), {"id": delivery}).fetchone()
        if found is None:
            return None
        tried = cursor.execute(statement("attempts_of"), {"id": delivery}).fetchall()
        return {**found, "tried": tried}


def decide(connection: Connection, delivery: UUID, *, state: str, note: str) -> int:
    """Make an uncertain, refused or expired delivery ``sent`` or ``waiting``; how many changed.

    What it carried as a digest goes with it.
    """
    named = {"id": delivery, "state": state, "note": note}
    return connection.execute(statement("decide"), named).rowcount
