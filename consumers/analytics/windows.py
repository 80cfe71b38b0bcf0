"""Windows in event time: which ones an event falls into, and what they hold so far."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from .facts import Facts
from .measures import Counts, Funnel, Funnels, Latencies, Measure, People, Values

_US: Final = 1_000_000


@dataclass(frozen=True, order=True)
class Window:
    """From ``start_s`` (seconds since 1970) on, ``length_s`` long."""

    start_s: int
    length_s: int

    @property
    def end_s(self) -> int:
        return self.start_s + self.length_s


@dataclass(frozen=True)
class Shape:
    """Windows of one length, one beginning each ``step_s``: hopping, or tumbling if both agree."""

    length_s: int
    step_s: int

    def around(self, time_us: int) -> Iterator[Window]:
        """Return the windows that hold a moment."""
        time_s = time_us // _US
        last = time_s - time_s % self.step_s
        for start_s in range(last - self.length_s + self.step_s, last + 1, self.step_s):
            yield Window(start_s, self.length_s)


MINUTE: Final = Shape(60, 60)
FIVE_MINUTES: Final = Shape(300, 60)
DAY: Final = Shape(86_400, 86_400)


def measures_of(length_s: int, funnels: tuple[Funnel, ...]) -> list[Measure]:
    """Return fresh measures for a window of that length."""
    if length_s == DAY.length_s:
        return [Funnels(funnels)]
    if length_s == FIVE_MINUTES.length_s:
        return [People(), Latencies()]
    return [Counts(), People(), Latencies()]


class Windows:
    """The windows that are open in memory, and events seen lately.

    The relay may publish an event again soon after a crash: an id is counted once among the last
    ``remembered``.
    """

    def __init__(
        self,
        funnels: tuple[Funnel, ...] = (),
        *,
        remembered: int = 200_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self.watermark_us = 0
        self._funnels = funnels
        self._shapes = (MINUTE, FIVE_MINUTES, DAY) if funnels else (MINUTE, FIVE_MINUTES)
        self._open: dict[Window, list[Measure]] = {}
        self._changed: set[Window] = set()
        self._not_ours: set[Window] = set()
        self._seen: OrderedDict[UUID, None] = OrderedDict()
        self._remembered = remembered

    def add(self, facts: Facts) -> None:
        """Count one event in each window that holds it."""
        if facts.id in self._seen:
            return
        self._seen[facts.id] = None
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        self._advance(facts.time_us)
        for shape in self._shapes:
            for window in shape.around(facts.time_us):
                self._add(window, facts)

    def _advance(self, time_us: int) -> None:
        """Time passes with the events; one that is dated ahead closes nothing before its time."""
        if time_us > self.watermark_us:
            self.watermark_us = max(self.watermark_us, min(time_us, int(self._clock() * _US)))

    def _add(self, window: Window, facts: Facts) -> None:
        measures = self._open.get(window)
        if measures is None:
            measures = self._open[window] = measures_of(window.length_s, self._funnels)
        self._changed.add(window)
        for measure in measures:
            measure.add(facts)

    def changed(self) -> set[Window]:
        """Return the windows that have changed since this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    def values(self, window: Window) -> Values:
        """Return what an open window holds."""
        for measure in self._open[window]:
            yield from measure.values()

    def forget_closed(self, lateness_s: int) -> list[Window]:
        """Drop the windows whose time, and that for latecomers, is over; return them."""
        over = [w for w in self._open if self.is_over(w, lateness_s)]
        for window in over:
            del self._open[window]
        return over

    def is_over(self, window: Window, lateness_s: int) -> bool:
        """Return whether no event is waited for any more."""
        return (window.end_s + lateness_s) * _US <= self.watermark_us
