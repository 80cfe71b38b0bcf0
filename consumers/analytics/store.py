"""Windows in memory against windows in the database: whose they are, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg

from .sql import statement
from .windows import Window, Windows

Connection = psycopg.Connection[Any]


class WindowStore:
    """Writes the windows of one worker, as wholes, so that writing them again changes nothing.

    A window that anybody has counted in before is not this worker's: it lacks events that were read
    then. It is left *touched*, and computed from the history.
    """

    def __init__(self, connection: Connection, topic: str, *, lateness_s: int) -> None:
        self._connection = connection
        self._topic = topic
        self._lateness_s = lateness_s
        self._ours: set[Window] = set()
        self._known: set[Window] = set()

    def begin(self) -> None:
        """Leave what a worker before us had in memory to the history."""
        self._connection.execute(statement("touch_open"))

    def flush(self, windows: Windows, offsets: Mapping[int, int]) -> None:
        """Write what has changed, and how far that is, in one transaction; close what is over."""
        changed = windows.changed()
        with self._connection.transaction():
            self._take(changed - self._known)
            rows = [
                (window.start_s, window.length_s, metric, key, value)
                for window in changed & self._ours
                for metric, key, value in windows.values(window)
            ]
            watermark = datetime.fromtimestamp(windows.watermark_us / 1_000_000, UTC)
            with self._connection.cursor() as cursor:
                cursor.executemany(statement("keep_value"), rows)
                cursor.executemany(
                    statement("keep_progress"),
                    [(self._topic, p, offset, watermark) for p, offset in offsets.items()],
                )
            over = windows.forget_closed(self._lateness_s)
            ours = _named(window for window in over if window in self._ours)
            self._connection.execute(statement("close_windows"), ours)
        self._known.difference_update(over)
        self._ours.difference_update(over)

    def _take(self, windows: set[Window]) -> None:
        if not windows:
            return
        rows = self._connection.execute(statement("open_windows"), _named(windows))
        self._ours |= {Window(start_s, length_s) for start_s, length_s in rows}
        self._known |= windows


def _named(windows: Iterable[Window]) -> dict[str, list[int]]:
    listed = list(windows)
    return {
        "starts": [window.start_s for window in listed],
        "lengths": [window.length_s for window in listed],
    }
