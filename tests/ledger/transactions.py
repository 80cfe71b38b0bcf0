"""Seeded transactions that get in each other's way: savepoints, races, keys that move."""

from collections.abc import Callable, Iterator
from random import Random

HOT = (-5, -4, -3, -2, -1)
_TABLE = "cap_certificate"
_COLUMNS = "(id, company, shares, note, pin)"
_MOST_HELD_S = 0.03


def _touch(rng: Random, tag: str) -> str:
    change = rng.randint(-900, 900) / 100
    return f"UPDATE {_TABLE} SET shares = shares + {change}, note = {tag} WHERE id = {_hot(rng)}"


def _touch_several(rng: Random, tag: str) -> str:
    keys = ", ".join(map(str, rng.sample(HOT, 3)))
    return f"UPDATE {_TABLE} SET company = company + 1, note = {tag} WHERE id IN ({keys})"


def _upsert(rng: Random, tag: str) -> str:
    return (
        f"INSERT INTO {_TABLE} {_COLUMNS} VALUES ({_hot(rng)}, 1, {rng.randint(1, 99)}, {tag}, '0')"
        " ON CONFLICT (id) DO UPDATE SET shares = excluded.shares, note = excluded.note"
    )


def _issue(rng: Random, tag: str) -> str:
    return (
        f"INSERT INTO {_TABLE} (company, shares, note, pin)"
        f" SELECT i, i + 0.5, {tag}, '1' FROM generate_series(1, {rng.randint(1, 4)}) AS i"
    )


def _move(rng: Random, tag: str) -> str:
    return (
        f"UPDATE {_TABLE} SET id = nextval(pg_get_serial_sequence('{_TABLE}', 'id')), note = {tag}"
        f" WHERE id = (SELECT max(id) FROM {_TABLE} WHERE id > 0)"
    )


def _remove(rng: Random, tag: str) -> str:
    return f"DELETE FROM {_TABLE} WHERE id = {_hot(rng)}"


def _change_pin(rng: Random, tag: str) -> str:
    return f"UPDATE {_TABLE} SET pin = {tag} WHERE id = {_hot(rng)}"


def _change_nothing(rng: Random, tag: str) -> str:
    return f"UPDATE {_TABLE} SET shares = shares WHERE id = {_hot(rng)}"


def _both(rng: Random, tag: str) -> str:
    """Several statements in one execute."""
    return f"{_upsert(rng, tag)}; {_touch(rng, tag)}"


_WEIGHTS: dict[Callable[[Random, str], str], int] = {
    _touch: 6,
    _touch_several: 2,
    _upsert: 5,
    _issue: 2,
    _move: 1,
    _remove: 3,
    _change_pin: 1,
    _change_nothing: 1,
    _both: 2,
}


def a_transaction(rng: Random, key: str) -> Iterator[str | float]:
    """Yield statements, and seconds to hold what is locked; the end (or not) is the caller's.

    Each statement says in front which attempt it belongs to. The last one enters the attempt, so
    that it is there if and only if the transaction was committed.
    """
    comment = f"/*action='ledger',reason='{key}'*/ "
    for number in range(rng.randint(1, 4)):
        change = rng.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
        statement = comment + change(rng, f"'{key}.{number}'")
        if rng.random() < 0.2:
            end = rng.choice(("RELEASE", "ROLLBACK TO", "ROLLBACK TO"))
            yield from ("SAVEPOINT inner_one", statement, f"{end} inner_one")
        else:
            yield statement
        if rng.random() < 0.15:
            yield rng.random() * _MOST_HELD_S
    yield f"INSERT INTO attempt VALUES ('{key}')"


def _hot(rng: Random) -> int:
    return rng.choice(HOT)
