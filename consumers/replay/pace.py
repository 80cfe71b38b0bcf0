"""A limit to so many a second, without bursts, and rests between."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Hands out permission; what was not used is not saved up for longer than a tenth of a second.

    ``per_second`` None is no limit. ``rest`` is called before each.
    """

    def __init__(
        self,
        per_second: float | None,
        *,
        rest: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._per_second = per_second
        self._rest = rest
        self._clock = clock
        self._sleep = sleep
        self._free_at = clock()

    def allowed(self, limit: int, wait_s: float) -> int:
        """How many may be taken now, after waiting for at most ``wait_s``; 0 for none yet."""
        self._rest()
        if self._per_second is None:
            return limit
        early_s = self._free_at - self._clock()
        if early_s > 0:
            self._sleep(min(early_s, wait_s))
            if early_s > wait_s:
                return 0
        return max(1, min(limit, int(self._per_second / 10)))

    def took(self, count: int) -> None:
        """So many were taken."""
        if self._per_second is not None:
            begin = max(self._free_at, self._clock() - 0.1)
            self._free_at = begin + count / self._per_second
