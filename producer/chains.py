"""The order of several changes of one row within a transaction.

Triggers that write, and the database's own CASCADE and SET NULL, let an inner statement's images
arrive before those of the statement that caused it. Each image after a change is the image before
the next one, which tells the order in which they happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from msgspec import MsgspecError

from .images import Image, pairs_of
from .registry import Registry
from .rows import OutboxRow

Place: TypeAlias = tuple[int, int]
Places: TypeAlias = Mapping[Place, Place]
State: TypeAlias = tuple[bytes, ...] | None

_CHANGES = frozenset({"insert", "update", "delete"})


class _Change(NamedTuple):
    place: Place
    old: State
    new: State


def places_of(rows: Sequence[OutboxRow], registry: Registry) -> Places:
    """Return, for changes that were written in another order, the place each has to take."""
    places: dict[Place, Place] = {}
    for group in _repeated(rows):
        for changes in _by_row(group, registry):
            if not _chained(changes):
                ordered = _walk(changes)
                places.update(
                    (moved.place, taken.place)
                    for moved, taken in zip(ordered, changes, strict=True)
                    if moved.place != taken.place
                )
    return places


def _repeated(rows: Sequence[OutboxRow]) -> Iterable[list[OutboxRow]]:
    """Yield the rows of each transaction that wrote to one table more than once."""
    if len({row.xid for row in rows}) == len(rows):
        return
    groups: dict[tuple[int, str], list[OutboxRow]] = defaultdict(list)
    for row in rows:
        if row.kind in _CHANGES:
            groups[row.xid, row.name].append(row)
    yield from (group for group in groups.values() if len(group) > 1)


def _by_row(group: Sequence[OutboxRow], registry: Registry) -> Iterable[list[_Change]]:
    """Yield the changes of each row that was changed more than once, in the order of writing."""
    model = registry.model(group[0].name)
    if model is None:
        return
    chains: dict[State, list[_Change]] = {}
    for row in group:
        try:
            pairs = pairs_of(row.old, row.new, model.key)
            for position, (old, new) in enumerate(pairs):
                change = _Change((row.seq, position), _state(old), _state(new))
                keys = [_state(image, model.key) for image in (old, new) if image is not None]
                _join(chains, keys, change)
        except (MsgspecError, KeyError):
            continue  # this row will be set aside; the others have their order
    seen: set[int] = set()
    for changes in chains.values():
        if len(changes) > 1 and id(changes) not in seen:
            seen.add(id(changes))
            yield sorted(changes)


def _join(chains: dict[State, list[_Change]], keys: Sequence[State], change: _Change) -> None:
    """Add a change to the chain of its row; a changed key makes two chains one."""
    chain = chains.setdefault(keys[0], [])
    other = chains.setdefault(keys[-1], chain)
    if other is not chain:
        chain.extend(other)
        for key in [key for key, value in chains.items() if value is other]:
            chains[key] = chain
    chain.append(change)


def _state(image: Image | None, columns: Iterable[str] | None = None) -> State:
    if image is None:
        return None
    return tuple(bytes(image[column]) for column in (image if columns is None else columns))


def _chained(changes: Sequence[_Change]) -> bool:
    return all(a.new == b.old for a, b in pairwise(changes))


def _walk(changes: list[_Change]) -> list[_Change]:
    """Return the changes so that each begins where the last one ended, or as they are.

    The images are the nodes of a graph and the changes its edges: this is an Eulerian path
    (Hierholzer's algorithm), of several possible ones the one closest to the order of writing.
    """
    leaving: dict[State, list[_Change]] = defaultdict(list)
    for change in reversed(changes):
        leaving[change.old].append(change)
    arrivals = defaultdict(int, {state: len(found) for state, found in leaving.items()})
    for change in changes:
        arrivals[change.new] -= 1
    start = next((c.old for c in changes if arrivals[c.old] == 1), changes[0].old)
    path: list[_Change] = []
    stack: list[tuple[State, _Change | None]] = [(start, None)]
    while stack:
        state, _ = stack[-1]
        if leaving[state]:
            change = leaving[state].pop()
            stack.append((change.new, change))
        else:
            _, arrived_by = stack.pop()
            if arrived_by is not None:
                path.append(arrived_by)
    path.reverse()
    return path if len(path) == len(changes) and _chained(path) else changes
