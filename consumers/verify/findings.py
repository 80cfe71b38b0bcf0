"""What is wrong, in sentences that say where, when and what can be done."""

from __future__ import annotations

from collections.abc import Iterable

from .windows import Judged


class Finding:
    """Windows in a row that have the same fault."""

    def __init__(self, one: Judged) -> None:
        self._first = self._last = one
        self._missing = one.missing
        self._events = one.told.events if one.told else 0

    def goes_on_with(self, one: Judged) -> bool:
        """Whether this is the next window, with the same fault."""
        last = self._last
        return (one.source, one.number, one.state, one.why) == (
            last.source,
            last.number + 1,
            last.state,
            last.why,
        )

    def add(self, one: Judged) -> None:
        """Let it be part of this."""
        self._last = one
        self._missing += one.missing
        self._events += one.told.events if one.told else 0

    def __str__(self) -> str:
        first, last = self._first, self._last
        if first is last:
            windows = f"window {first.number}"
        else:
            windows = f"windows {first.number} to {last.number}"
        lost = f"{self._missing} of {self._events} events missing" if self._missing else ""
        faults = "; ".join(filter(None, (lost, last.why)))
        return f"{first.source} {windows} ({self._times()}): {first.state}: {faults}"

    def _times(self) -> str:
        since, until = self._first.since, self._last.until
        if since and until:
            return f"{since:%F %T} to {until:%F %T %Z}"
        return f"before {until:%F %T %Z}" if until else "at an unknown time"


def findings_of(faults: Iterable[Judged]) -> list[Finding]:
    """What is wrong with windows, those in a row with the same fault as one."""
    found: list[Finding] = []
    for one in faults:
        if found and found[-1].goes_on_with(one):
            found[-1].add(one)
        else:
            found.append(Finding(one))
    return found
