"""The order of each object's events, and the row they add up to."""

from collections.abc import Iterable, Mapping
from typing import Any

from .observed import CHANGES, CREATED, DELETED, TRUNCATED, Key, Observed, same

Row = dict[str, Any]


class Chains:
    """Follows every object through its events, given in the order of writes.

    Each change has to begin where the one before it ended: that cannot hold when one is missing,
    repeated or out of order. What an object was before its first event is learnt from that event.
    """

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.rows: dict[Key, Row] = {}
        self.whole: set[Key] = set()  # objects whose creation was seen: their rows are complete
        self._gone: set[Key] = set()
        self._last: dict[Key, Observed] = {}

    def follow(self, event: Observed, *, judged: bool = True) -> None:
        """Add one event; a break in a ``judged`` one is noted."""
        if event.type == TRUNCATED:
            self._truncate(event.model)
        if event.type not in CHANGES:
            return
        faults = self._arrival(event) + self._change(event)
        if judged:
            self.broken += [f"{event}: {fault}" for fault in faults]

    def differences(self, rows: Mapping[Key, Row]) -> list[str]:
        """Compare with the application's rows as they are now; return a sentence for each fault.

        Fields that the history does not know (masked ones) are not compared.
        """
        found = []
        for key, row in rows.items():
            told = self.rows.get(key)
            if told is None:
                found.append(f"{_name(key)} exists, and the history does not know it")
            else:
                found += [
                    f"{_name(key)}.{name} is {row[name]!r}, by the history {value!r}"
                    for name, value in told.items()
                    if name in row and not same(row[name], value)
                ]
                if key in self.whole and (missing := row.keys() - told.keys()):
                    found.append(f"{_name(key)}: the history lacks {sorted(missing)}")
        gone = self.rows.keys() - rows.keys()
        return found + [f"{_name(key)} is in the history, and is no row" for key in sorted(gone)]

    def _change(self, event: Observed) -> list[str]:
        key, faults = event.key, []
        if event.previous is not None:
            self._rename(event.previous, key)
        row = self.rows.get(key)
        if event.type == CREATED:
            if row is not None:
                faults.append("created a second time")
            self.rows[key] = dict(event.after)
            self.whole.add(key)
            self._gone.discard(key)
            return faults
        if key in self._gone:
            faults.append("changed after its deletion")
        for name, value in event.before.items():
            if row is not None and name in row and not same(row[name], value):
                faults.append(f"{name} was {row[name]!r}, the change begins with {value!r}")
        if event.type == DELETED:
            self.rows.pop(key, None)
            self._gone.add(key)
        else:
            self.rows[key] = {**(row or {}), **event.after}
        return faults

    def _arrival(self, event: Observed) -> list[str]:
        """In one partition later writes of an object have to stand behind earlier ones."""
        last = self._last.get(event.key)
        self._last[event.key] = event
        if last and last.place[:2] == event.place[:2] and last.place > event.place:
            return [f"arrived before the earlier {last.id}"]
        return []

    def _rename(self, old: Key, new: Key) -> None:
        if old in self.rows:
            self.rows[new] = self.rows.pop(old)
            self._gone.add(old)
            self._gone.discard(new)

    def _truncate(self, model: str) -> None:
        for key in [key for key in self.rows if key[0] == model]:
            del self.rows[key]
            self._gone.add(key)


def follow_all(events: Iterable[Observed]) -> Chains:
    """Follow events given in any order."""
    chains = Chains()
    for event in sorted(events, key=lambda event: event.order):
        chains.follow(event)
    return chains


def _name(key: Key) -> str:
    return "/".join(key)
