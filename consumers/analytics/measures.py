"""What is measured in a window. Each measure has a twin in SQL, and a test that they agree.

A key is an entity, a model, a route or an action; the empty key is everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final, Protocol

from .facts import Facts

Values = Iterator[tuple[str, str, float]]
"""(metric, key, value)."""

PERCENTILES: Final = (("page_ms.p50", 0.5), ("page_ms.p95", 0.95))


class Measure(Protocol):
    """Takes the facts of one window, in any order, each once."""

    def add(self, facts: Facts) -> None:
        """Take one event."""

    def values(self) -> Values:
        """Return what is known now."""


class Counts:
    """Page views by entity, changes by model, actions by name and outcome."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, facts: Facts) -> None:
        """See the protocol."""
        if facts.type == "page.viewed":
            self._count("page_views", "")
            if facts.entity:
                self._count("page_views", facts.entity)
        elif facts.type.startswith("model."):
            self._count("changes", facts.model)
        elif facts.type in ("action.performed", "action.failed"):
            self._count(f"actions.{facts.type[7:]}", facts.action)

    def values(self) -> Values:
        """See the protocol."""
        for (metric, key), count in self._counts.items():
            yield metric, key, float(count)

    def _count(self, metric: str, key: str) -> None:
        counted = (metric, key)
        self._counts[counted] = self._counts.get(counted, 0) + 1


class People:
    """How many different people did anything, in all and by entity."""

    def __init__(self) -> None:
        self._people: dict[str, set[str]] = {}

    def add(self, facts: Facts) -> None:
        """See the protocol."""
        if not facts.person:
            return
        self._people.setdefault("", set()).add(facts.person)
        if facts.entity:
            self._people.setdefault(facts.entity, set()).add(facts.person)

    def values(self) -> Values:
        """See the protocol."""
        for key, people in self._people.items():
            yield "active_people", key, float(len(people))


class Latencies:
    """How long pages took: the value that half, and 95 of 100, did not exceed (percentile_disc)."""

    def __init__(self) -> None:
        self._durations: dict[str, list[float]] = {}

    def add(self, facts: Facts) -> None:
        """See the protocol."""
        if facts.type != "page.viewed":
            return
        self._durations.setdefault("", []).append(facts.duration_ms)
        if facts.route:
            self._durations.setdefault(facts.route, []).append(facts.duration_ms)

    def values(self) -> Values:
        """See the protocol."""
        for key, durations in self._durations.items():
            durations.sort()
            for metric, share in PERCENTILES:
                yield metric, key, durations[max(0, ceil(share * len(durations)) - 1)]


@dataclass(frozen=True)
class Funnel:
    """Named actions that one person does one after the other."""

    name: str
    actions: tuple[str, ...]


class Funnels:
    """How many people came how far: the first ``n`` actions, in this order, within the window."""

    def __init__(self, funnels: tuple[Funnel, ...]) -> None:
        self._funnels = funnels
        self._named = {action for funnel in funnels for action in funnel.actions}
        self._done: dict[str, list[tuple[int, tuple[str, str], str]]] = {}

    def add(self, facts: Facts) -> None:
        """See the protocol."""
        if facts.type == "action.performed" and facts.person and facts.action in self._named:
            done = self._done.setdefault(facts.person, [])
            done.append((facts.time_us, facts.order, facts.action))

    def values(self) -> Values:
        """See the protocol."""
        for done in self._done.values():
            done.sort()
        for funnel in self._funnels:
            reached = [0] * len(funnel.actions)
            for done in self._done.values():
                for step in range(_steps(funnel.actions, (action for _, _, action in done))):
                    reached[step] += 1
            for number, (action, people) in enumerate(
                zip(funnel.actions, reached, strict=True), start=1
            ):
                if people:
                    yield f"funnel.{funnel.name}", f"{number} {action}", float(people)


def _steps(wanted: tuple[str, ...], done: Iterator[str]) -> int:
    """How many of the wanted actions were done in their order."""
    step = 0
    for action in done:
        if step < len(wanted) and action == wanted[step]:
            step += 1
    return step
