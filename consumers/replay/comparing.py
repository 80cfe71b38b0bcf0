"""The fresh table against the live one: count and digest by month, and what is not in both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import sql

from .building import leaves
from .errors import ReplayMissing
from .fresh import read_places, read_state
from .session import Connection, Session
from .sql import statement

_HALF: Final = 1 << 64
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Digest:
    """Number of rows, and 32 hexadecimal digits over their ids and values, in any order."""

    count: int
    hash: str


@dataclass(frozen=True)
class Difference:
    """Rows of one kind in one month.

    Attributes:
        kind: ``missing`` (only the live table has them), ``extra`` (only the fresh one) or
            ``changed`` (both, with different values).
        ids: the first few.
    """

    kind: str
    count: int
    ids: Sequence[UUID]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Month:
    """One partition in both tables."""

    name: str
    live: Digest
    fresh: Digest
    differences: Sequence[Difference] = ()


@dataclass(frozen=True)
class Comparison:
    """All months at one moment; rows that the replay has still to read count in neither table.

    Attributes:
        retried: dead letters retried up to then, whose rows came without an offset.
    """

    months: Sequence[Month]
    retried: int

    @property
    def rows(self) -> int:
        """Of the fresh table."""
        return sum(month.fresh.count for month in self.months)

    @property
    def hash(self) -> str:
        """Of the whole fresh table: the sum of its months'."""
        halves = [(int(m.fresh.hash[:16], 16), int(m.fresh.hash[16:], 16)) for m in self.months]
        return _hash(sum(high for high, _ in halves), sum(low for _, low in halves))

    def count(self, kind: str) -> int:
        """How many rows differ in that way."""
        return sum(d.count for month in self.months for d in month.differences if d.kind == kind)

    def between(self, kind: str) -> tuple[datetime, datetime] | None:
        """From when to when these happened."""
        found = [d for month in self.months for d in month.differences if d.kind == kind]
        if not found:
            return None
        return min(d.first_at for d in found), max(d.last_at for d in found)


def compare(session: Session, tell: Tell) -> Comparison:
    """Compare month by month, in memory that does not grow with them; raises ReplayMissing."""
    with session.transaction() as connection:
        connection.execute(statement("make_partitions"))
    names = leaves(session)
    with session.transaction() as connection:
        connection.execute(statement("snapshot"))
        where = reached(connection)
        months = []
        for name in names:
            tell(f"comparing {name}")
            months.append(_month(connection, name, where))
        row = connection.execute(statement("count_retried")).fetchone()
        return Comparison(months, row[0] if row else 0)


def reached(connection: Connection) -> dict[str, Any]:
    """How far a fresh table that still follows the live one has read; what lies behind counts.

    One that was asked to stop somewhere is held against all that the live table has.
    """
    state = read_state(connection)
    if state is None:
        raise ReplayMissing
    places = [place for place in read_places(connection) if place.last is None]
    return {
        "topic": state.topic,
        "partitions": [place.partition for place in places],
        "places": [place.next for place in places],
    }


def tables(name: str) -> dict[str, sql.Identifier]:
    """A partition of both tables, for the statements."""
    return {
        "live": sql.Identifier("history", name),
        "fresh": sql.Identifier("history_replay", name),
    }


def _month(connection: Connection, name: str, where: Mapping[str, Any]) -> Month:
    both = tables(name)
    live, fresh = (_digest(connection, both[table], where) for table in ("live", "fresh"))
    if live == fresh:
        return Month(name, live, fresh)
    query = sql.SQL(statement("differences")).format(**both)
    differences = [Difference(*row) for row in connection.execute(query, where)]
    return Month(name, live, fresh, differences)


def _digest(connection: Connection, rows: sql.Identifier, where: Mapping[str, Any]) -> Digest:
    query = sql.SQL(statement("digest")).format(rows=rows)
    row = connection.execute(query, where).fetchone()
    count, high, low = row if row else (0, 0, 0)
    return Digest(count, _hash(int(high), int(low)))


def _hash(high: int, low: int) -> str:
    return f"{high % _HALF:016x}{low % _HALF:016x}"
