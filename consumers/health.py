"""How a loop is doing: told by the loop, read by whoever answers for the process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

LATE_AFTER_S: Final = 10.0


@dataclass(frozen=True)
class Verdict:
    """An answer to "ready?" or "live?"; the reason is empty when it is yes."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class _State:
    doing: str
    turned_at: float
    advanced_at: float
    started: bool = False
    oldest_at: float | None = None
    problem: str = ""
    ended: bool = False


class Health:
    """How one consumer (or the relay) is doing.

    Its loop tells: ``begins`` before anything that may take long, ``found`` when it holds events,
    ``advanced`` when something is settled or nothing is left, ``waits`` when it cannot go on and
    asks again. Other threads ask: ``ready``, ``live``, ``lag_s``. Nothing here waits or raises.

    A loop is *stuck* when it has not turned for ``stuck_after_s``, or turns and settles nothing for
    as long although something is unread. One that names what it waits for is not ready, but not
    stuck: starting it again would not bring a database back.
    """

    def __init__(
        self,
        name: str,
        *,
        stuck_after_s: float = 60.0,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._stuck_after_s = stuck_after_s
        self._late_after_s = min(LATE_AFTER_S, stuck_after_s)
        self._clock = clock
        self._monotonic = monotonic
        now = monotonic()
        self._state = _State("starting", turned_at=now, advanced_at=now)

    def begins(self, doing: str) -> None:
        """The loop turns; ``doing`` says what it is about to do, as "writing 5 records"."""
        now = self._monotonic()
        self._state = replace(self._state, doing=doing, turned_at=now, ended=False)

    def found(self, oldest_at: float | None) -> None:
        """The oldest event that is not settled happened then, in seconds since 1970.

        None: there is one, nobody knows since when; its age is counted from the first such call.
        """
        state, now = self._state, self._monotonic()
        advanced_at = now if state.oldest_at is None else state.advanced_at
        known = oldest_at or state.oldest_at or self._clock()
        self._state = replace(state, oldest_at=known, turned_at=now, advanced_at=advanced_at)

    def advanced(self, oldest_at: float | None = None) -> None:
        """Something was settled; the oldest event left is no older than that. None: none is."""
        now = self._monotonic()
        self._state = _State("working", now, now, started=True, oldest_at=oldest_at)

    def waits(self, reason: str) -> None:
        """The loop cannot go on, says why, and asks again."""
        self._state = replace(self._state, problem=reason, turned_at=self._monotonic())

    def ended(self, reason: str) -> None:
        """The loop has ended by an error; whoever started it starts it again."""
        self._state = replace(self._state, problem=reason, ended=True)

    def ready(self) -> Verdict:
        """Whether events are being settled, or would be."""
        state = self._state
        if state.problem:
            return Verdict(False, state.problem)
        if not (live := self.live()).ok:
            return live
        if not state.started:
            return Verdict(False, f"not begun yet: {state.doing}")
        silent_s = self._monotonic() - state.turned_at
        if silent_s > self._late_after_s:
            return Verdict(False, f"{state.doing} for {silent_s:.0f} s")
        return Verdict(True)

    def live(self) -> Verdict:
        """Whether the loop turns; if not, only starting the process again helps."""
        state, now = self._state, self._monotonic()
        if state.ended:
            return Verdict(True)
        silent_s, still_s = now - state.turned_at, now - state.advanced_at
        if silent_s > self._stuck_after_s:
            return Verdict(False, f"stuck: {state.doing} for {silent_s:.0f} s")
        if state.oldest_at is None or state.problem or still_s <= self._stuck_after_s:
            return Verdict(True)
        waits_s = self.lag_s()
        return Verdict(
            False, f"stuck: nothing settled for {still_s:.0f} s, an event waits for {waits_s:.0f} s"
        )

    def lag_s(self) -> float:
        """Age of the oldest event that is not settled, in seconds; 0 when there is none."""
        oldest_at = self._state.oldest_at
        return 0.0 if oldest_at is None else max(0.0, self._clock() - oldest_at)
