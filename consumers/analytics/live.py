"""The newest numbers, for a person who watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from .sql import statement


@dataclass(frozen=True)
class MinuteNumbers:
    """One minute of everything; None where nobody looked at a page."""

    start_at: datetime
    pages: float
    people: float
    changes: float
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True)
class LiveNumbers:
    """The last minutes, newest first, and the busiest (metric, key, value) of fifteen of them."""

    minutes: list[MinuteNumbers]
    leaders: list[tuple[str, str, float]]


def live_numbers(connection: psycopg.Connection[Any]) -> LiveNumbers:
    """Return the newest numbers."""
    minutes = connection.execute(statement("live_minutes")).fetchall()
    leaders = connection.execute(statement("live_leaders")).fetchall()
    return LiveNumbers([MinuteNumbers(*row) for row in minutes], leaders)
