"""Leaves live events the larger part of a machine for as long as some are coming."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_LOOK_S: Final = 1.0
_SHARE: Final = 0.5
"""Of the time it has worked, it rests so much."""
_LONGEST_S: Final = 0.5


class Courtesy:
    """Notices that the live history moves; ``look`` tells how many records it has read by now."""

    def __init__(
        self,
        look: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._look = look
        self._clock = clock
        self._sleep = sleep
        self._seen: int | None = None
        self._looked_at = self._rested_at = clock()
        self._busy = False

    def is_busy(self) -> bool:
        """Whether live events have come since the look before; one look a second at most."""
        now = self._clock()
        if self._seen is None or now - self._looked_at >= _LOOK_S:
            seen = self._look()
            self._busy = self._seen is not None and seen != self._seen
            self._seen, self._looked_at = seen, now
        return self._busy

    def rest(self) -> None:
        """Between two batches: wait half as long as the work took if others need the machine."""
        worked_s = self._clock() - self._rested_at
        if self.is_busy():
            self._sleep(min(worked_s * _SHARE, _LONGEST_S))
        self._rested_at = self._clock()
