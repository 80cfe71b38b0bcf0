"""Watches over what no event can tell: a relay that stands still tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg

from consumers import Finding, Watch
from producer import waiting

STALLED_AFTER: Final = timedelta(minutes=2)


def now_utc() -> datetime:
    """The time."""
    return datetime.now(UTC)


def watch_relay(
    app_url: str, schema: str = "public", *, now: Callable[[], datetime] = now_utc
) -> Watch:
    """Return a watch that finds a relay that has published nothing for two minutes though it could.

    A database that does not answer is a finding, too: nothing is recorded or published meanwhile.
    """

    def look() -> Iterator[Finding]:
        try:
            with psycopg.connect(
                app_url,
                autocommit=True,
                application_name="backstory.watch",
                connect_timeout=5,
                options="-c statement_timeout=5000",
            ) as connection:
                found = waiting(connection, schema)
        except psycopg.Error as error:
            problem = f"the application's database does not answer: {type(error).__name__}"
            yield _finding("away", problem, now())
            return
        if found.oldest_at is not None and now() - found.oldest_at > STALLED_AFTER:
            minutes = (now() - found.oldest_at).total_seconds() / 60
            problem = f"the relay stands still: {found.rows} changes wait, up to {minutes:.0f} min"
            yield _finding(found.oldest_at.isoformat(), problem, now())

    return look


def _finding(key: str, title: str, seen_at: datetime) -> Finding:
    """Told once for what began at ``key``, and again each hour that it lasts."""
    return Finding(
        watch="alert.relay_stalled",
        key=f"{key}/{seen_at:%Y-%m-%dT%H}",
        title=title,
        text="More: backstory status; backstory doctor",
        seen_at=seen_at,
    )
