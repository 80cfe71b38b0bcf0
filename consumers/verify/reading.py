"""What verifying reads and remembers in the history's database, and reads in the application's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import psycopg
from psycopg import sql

from schemas import RelayWindow, decode

from .sql import statement
from .windows import REACHES, Found, Judged, Told

Connection = psycopg.Connection[Any]

EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE: Final = 1000
_LATER: Final = timedelta(minutes=1)
"""Clocks of two machines may differ: an event may look later than the end of its window."""


def announced(connection: Connection, since: datetime) -> Iterator[dict[str, list[Told]]]:
    """What events tell of windows closed since, by source, up to 1,000 at once."""
    after = UUID(int=0)
    while True:
        named = {"after": after, "since": since, "limit": AT_ONCE}
        rows = connection.execute(statement("announced"), named).fetchall()
        yield _by_source(rows)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]


def announced_by_number(connection: Connection, source: str, numbers: Sequence[int]) -> list[Told]:
    """What events tell of these windows of a source."""
    named = {"source": source, "numbers": list(map(str, numbers))}
    rows = connection.execute(statement("announced_by_number"), named).fetchall()
    return _by_source(rows).get(source, [])


def _by_source(rows: list[Any]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for _, source, value in rows:
        said = cast(RelayWindow, decode(value.encode()).payload())
        told = Told(
            number=said.number,
            events=said.events,
            digest=int(said.digest, 16),
            opened_at=said.opened_at,
            closed_at=said.closed_at,
        )
        found.setdefault(source, []).append(told)
    return found


class Ledger:
    """The application's own ledger."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection = connection
        self._schema = sql.Identifier(schema)
        row = connection.execute(self._query("ledger_source")).fetchone()
        self.source: str | None = row[0] if row else None

    def after(self, number: int, limit: int = AT_ONCE) -> list[Told]:
        """The closed windows behind a number, the first so many."""
        rows = self._connection.execute(self._query("ledger"), (number, limit))
        return [
            Told(number=n, events=events, digest=int(digest, 16), opened_at=o, closed_at=c)
            for n, events, digest, o, c in rows
        ]

    def _query(self, name: str) -> sql.Composed:
        return sql.SQL(statement(name)).format(schema=self._schema)


def count(connection: Connection, source: str, windows: Sequence[Told]) -> dict[int, Found]:
    """What the history holds of windows, looking further back for those that are not all there."""
    found: dict[int, Found] = {}
    left = list(windows)
    for reach in REACHES:
        if not left:
            break
        found.update(_count(connection, source, left, reach))
        left = [told for told in left if found.get(told.number, Found()).events < told.events]
    return found


def _count(
    connection: Connection, source: str, windows: Sequence[Told], reach: timedelta
) -> dict[int, Found]:
    opened_at = min(told.opened_at for told in windows)
    named = {
        "source": source,
        "numbers": [told.number for told in windows],
        "since": max(EVER, opened_at - reach) if reach < opened_at - EVER else EVER,
        "until": max(told.closed_at for told in windows) + _LATER,
    }
    rows = connection.execute(statement("count_windows"), named)
    return {n: Found(events, int(digest, 2), content) for n, events, digest, content in rows}


def kept(connection: Connection, ids: Collection[UUID]) -> int:
    """How many of these ids the history has."""
    row = connection.execute(statement("kept_ids"), (list(ids),)).fetchone()
    return int(row[0]) if row else 0


def last_looked(connection: Connection) -> datetime | None:
    """Up to when windows were looked at."""
    row = connection.execute(statement("last_looked")).fetchone()
    return row[0] if row else None


def last_numbers(connection: Connection, before: datetime) -> dict[str, int]:
    """The last window of each source that was looked at and closed before a moment."""
    return dict(connection.execute(statement("last_numbers"), (before,)).fetchall())


def not_proved(connection: Connection) -> dict[str, list[int]]:
    """Windows that are neither proved nor accepted as they are, by source; the first 1,000."""
    found: dict[str, list[int]] = {}
    for source, number in connection.execute(statement("not_proved"), (AT_ONCE,)):
        found.setdefault(source, []).append(number)
    return found


def at_fault(connection: Connection, source: str, first: int, last: int) -> list[int]:
    """Windows of a source that were found at fault, and whose fault nobody accepted."""
    rows = connection.execute(statement("at_fault"), (source, first, last))
    return [number for (number,) in rows]


def accepted_faults(
    connection: Connection, source: str, numbers: Sequence[int]
) -> dict[int, tuple[str, int]]:
    """The faults of windows that a person accepted, with the numbers of the decisions."""
    rows = connection.execute(statement("accepted_faults"), (source, list(numbers)))
    return {number: (fault, decision) for number, fault, decision in rows}


def accepted_in_all(connection: Connection) -> list[dict[str, Any]]:
    """What was accepted and stands as it was then, by decision and source."""
    return [
        {
            "decision": decision,
            "actor": actor,
            "reason": reason,
            "decided_at": decided_at.isoformat(),
            "source": source,
            "first_window": first,
            "last_window": last,
            "windows": windows,
            "missing_events": missing,
        }
        for decision, actor, reason, decided_at, source, first, last, windows, missing in (
            connection.execute(statement("accepted_in_all"))
        )
    ]


def proved_in_all(connection: Connection) -> tuple[int, int]:
    """How many windows are proved, and the events that they count."""
    row = connection.execute(statement("proved_in_all")).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def decisions(connection: Connection) -> dict[str, int]:
    """How many decisions of each kind were made about events that are lost or left out."""
    return dict(connection.execute(statement("count_decisions")).fetchall())


def remembered(connection: Connection, source: str, numbers: Sequence[int]) -> dict[int, bytes]:
    """The content that windows had when they were first proved."""
    rows = connection.execute(statement("remembered"), (source, list(numbers)))
    return dict(rows.fetchall())


def remember(connection: Connection, judged: Sequence[Judged]) -> None:
    """Remember what was found."""
    with connection.cursor() as cursor:
        cursor.executemany(statement("remember"), [_row(each) for each in judged])


def _row(judged: Judged) -> dict[str, Any]:
    told = judged.told
    return {
        "source": judged.source,
        "number": judged.number,
        "events": told.events if told else None,
        "digest": f"{told.digest:032x}" if told else None,
        "opened_at": told.opened_at if told else None,
        "closed_at": told.closed_at if told else None,
        "state": judged.state,
        "missing": judged.missing,
        "content": judged.found.content,
    }
