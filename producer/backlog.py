"""What waits in the outbox, for status pages and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from .schema import in_schema
from .statements import statement

_COUNTED: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How an outbox and its relay are.

    Attributes:
        rows: committed rows that are not published; at most 100,000 are counted.
        oldest_at: when the oldest of them was written.
        set_aside: rows that could not be published, ever.
        holder: the relay that leads, or led last.
        heartbeat: its last sign of life.
    """

    rows: int
    oldest_at: datetime | None
    bytes: int
    set_aside: int
    holder: str | None
    heartbeat: datetime | None


def waiting(connection: psycopg.Connection[Any], schema: str = "public") -> Waiting:
    """Return what waits in the outbox; cheap enough to be asked every few seconds."""
    with in_schema(connection, schema) as cursor:
        row = cursor.execute(statement("waiting"), [_COUNTED]).fetchone()
    assert row is not None
    rows, oldest_at, size, set_aside, holder, heartbeat = row
    return Waiting(
        rows=rows,
        oldest_at=oldest_at,
        bytes=size,
        set_aside=set_aside,
        holder=holder,
        heartbeat=heartbeat,
    )
