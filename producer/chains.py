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

from .images import Image, Pair, pairs_of
from .registry import Registry
from .rows import OutboxRow

Place: TypeAlias = tuple[int, int]
Places: TypeAlias = Mapping[Place, Place]
State: TypeAlias = tuple[bytes, ...] | None
_Key: TypeAlias = tuple[bytes, ...]

_CHANGES = frozenset({"insert", "update", "delete"})


class _Change(NamedTuple):
    place: Place
    pair: Pair
    keys: tuple[_Key | None, _Key | None]


def places_of(
    rows: Sequence[OutboxRow], registry: Registry, decoded: dict[int, list[Pair]]
) -> Places:
    """Return, for changes that were written in another order, the place each has to take.

    What had to be decoded for that is added to ``decoded``, by the row's number.
    """
    places: dict[Place, Place] = {}
    for group in _repeated(rows):
        for changes in _by_row(group, registry, decoded):
            if not _follow(changes):
                steps = [_Step(c.place, *map(_state, c.pair)) for c in changes]
                places.update(
                    (moved.place, taken.place)
                    for moved, taken in zip(_walk(steps), steps, strict=True)
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


def _by_row(
    group: Sequence[OutboxRow], registry: Registry, decoded: dict[int, list[Pair]]
) -> Iterable[list[_Change]]:
    """Yield the changes of each row that was changed more than once, in the order of writing."""
    model = registry.model(group[0].name)
    if model is None:
        return
    chains: dict[_Key, list[_Change]] = {}
    for row in group:
        try:
            pairs = decoded[row.seq] = pairs_of(row.old, row.new, model.key)
            for position, pair in enumerate(pairs):
                before, after = (_key(image, model.key) if image else None for image in pair)
                _join(chains, _Change((row.seq, position), pair, (before, after)))
        except (MsgspecError, KeyError):
            continue  # this row will be set aside; the others have their order
    if len(chains) == sum(map(len, chains.values())):
        return
    seen: set[int] = set()
    for changes in chains.values():
        if len(changes) > 1 and id(changes) not in seen:
            seen.add(id(changes))
            yield sorted(changes, key=lambda change: change.place)


def _join(chains: dict[_Key, list[_Change]], change: _Change) -> None:
    """Add a change to the chain of its row; a changed key makes two chains one."""
    keys = [key for key in change.keys if key is not None]
    chain = chains.setdefault(keys[0], [])
    if keys[-1] != keys[0]:
        other = chains.setdefault(keys[-1], chain)
        if other is not chain:
            chain.extend(other)
            for name in [name for name, value in chains.items() if value is other]:
                chains[name] = chain
    chain.append(change)


def _key(image: Image, key: Sequence[str]) -> _Key:
    return tuple(bytes(image[column]) for column in key)


def _follow(changes: Sequence[_Change]) -> bool:
    """Return whether each change finds the row of its key as the one before left it.

    A key may have passed from row to row meanwhile: the images of one row alone tell no order then.
    """
    rows: dict[_Key, State] = {}
    for _, pair, (before, after) in changes:
        old, new = map(_state, pair)
        if before is not None:
            if rows.get(before, old) != old:
                return False
            rows[before] = None
        if after is not None:
            if rows.get(after) is not None:
                return False
            rows[after] = new
    return True


def _state(image: Image | None) -> State:
    return None if image is None else tuple(bytes(value) for value in image.values())


class _Step(NamedTuple):
    place: Place
    old: State
    new: State


def _chained(changes: Sequence[_Step]) -> bool:
    return all(a.new == b.old for a, b in pairwise(changes))


def _walk(changes: list[_Step]) -> list[_Step]:
    """Return the changes so that each begins where the last one ended, or as they are.

    The images are the nodes of a graph and the changes its edges: this is an Eulerian path
    (Hierholzer's algorithm), of several possible ones the one closest to the order of writing.
    """
    leaving: dict[State, list[_Step]] = defaultdict(list)
    for change in reversed(changes):
        leaving[change.old].append(change)
    arrivals = defaultdict(int, {state: len(found) for state, found in leaving.items()})
    for change in changes:
        arrivals[change.new] -= 1
    start = next((c.old for c in changes if arrivals[c.old] == 1), changes[0].old)
    path: list[_Step] = []
    stack: list[tuple[State, _Step | None]] = [(start, None)]
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
