"""What was dropped, until somebody has been told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Final

TOLD_EVERY_S: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Events of one type that were dropped for one reason, from the first to the last of them."""

    event_type: str
    reason: str
    count: int
    since: datetime
    until: datetime


class Drops:
    """Counts by type and reason; any thread may add and take."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Begin anew: after a fork these are the parent's, and so is the lock."""
        self._lock = Lock()
        self._found: dict[tuple[str, str], Dropped] = {}
        self._told_at = float("-inf")

    def add(self, event_type: str, reason: str) -> None:
        """Count an event that was dropped now."""
        now = datetime.now(UTC)
        one = Dropped(event_type=event_type, reason=reason, count=1, since=now, until=now)
        self.put_back([one])

    def due(self) -> list[Dropped]:
        """Take what was dropped, at once for the first time and then once a minute."""
        if not self._found or self._clock() - self._told_at < TOLD_EVERY_S:
            return []
        self._told_at = self._clock()
        return self.take()

    def take(self) -> list[Dropped]:
        """Take all that nobody has been told of."""
        with self._lock:
            found, self._found = self._found, {}
        return list(found.values())

    def put_back(self, dropped: Sequence[Dropped]) -> None:
        """Keep what could not be told, for the next time."""
        with self._lock:
            for each in dropped:
                key = each.event_type, each.reason
                known = self._found.get(key, replace(each, count=0))
                self._found[key] = Dropped(
                    event_type=each.event_type,
                    reason=each.reason,
                    count=known.count + each.count,
                    since=min(known.since, each.since),
                    until=max(known.until, each.until),
                )
