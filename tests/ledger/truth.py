"""What really happened, read from the application's database, and what the history says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
import psycopg

from infra.demo.observed import CREATED, DELETED, UPDATED, Observed
from infra.demo.past import events
from schemas import RelayWindow, decode

LABEL = "cap.Certificate"
MASKED = "pin"
ACTS = "dead_letter."  # what people did about letters is no change

_row = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class Change(NamedTuple):
    """A row's change as an event tells it; values as text with all their digits."""

    type: str
    object_id: str
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    masked: tuple[str, ...] = ()
    previous_id: str = ""


class Window(NamedTuple):
    """A ledger window: how many events it has, and a digest over their values and ids."""

    events: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The application's database after all is over.

    Attributes:
        changes: of committed transactions, in the order of writing.
        attempts: keys of the committed transactions.
        windows: the ledger by number.
        window_of: the number of the window that covers an outbox row, by the row's number.
    """

    changes: list[Change]
    attempts: set[str]
    windows: Mapping[int, Window]
    window_of: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Told:
    """The history.

    Attributes:
        events: in the order of their sequence.
        windows: the ledger windows it was told of.
        window_of: the number of its window that each event carries, by the event's id.
        value_of: the SHA-256 of its value in hexadecimal, by the event's id.
    """

    events: list[Observed]
    windows: Mapping[int, Window]
    window_of: Mapping[str, int]
    value_of: Mapping[str, str] = field(default_factory=dict)


def read_truth(app_url: str) -> Truth:
    """Ask the witnesses."""
    with psycopg.connect(app_url) as connection:
        images = connection.execute(
            "SELECT old::text, new::text FROM witnessed"
            " WHERE old::text IS DISTINCT FROM new::text ORDER BY n"
        ).fetchall()
        attempts = connection.execute("SELECT key FROM attempt").fetchall()
        lines = connection.execute("SELECT number, events, digest FROM backstory_window").fetchall()
        window_of = connection.execute("SELECT seq, number FROM witnessed_window").fetchall()
    return Truth(
        changes=[change_between(*(text and _row.decode(text) for text in pair)) for pair in images],
        attempts={key for (key,) in attempts},
        windows={number: Window(*line) for number, *line in lines},
        window_of=dict(window_of),
    )


def read_history(history_url: str) -> Told:
    """Read all of it."""
    with psycopg.connect(history_url) as connection:
        lines = connection.execute(
            "SELECT value::text FROM history.events WHERE type = 'relay.window'"
        ).fetchall()
        carried = connection.execute(
            "SELECT id::text, ledger_window, encode(sha256(convert_to(value::text, 'UTF8')), 'hex')"
            " FROM history.events WHERE ledger_window IS NOT NULL"
        ).fetchall()
    told = [decode(text.encode()).payload() for (text,) in lines]
    assert all(isinstance(line, RelayWindow) for line in told)
    return Told(
        events=[e for e in events(history_url) if not e.type.startswith(ACTS)],
        windows={line.number: Window(line.events, line.digest) for line in told},
        window_of={id_: window for id_, window, _ in carried},
        value_of={id_: value for id_, _, value in carried},
    )


def change_between(old: dict[str, Any] | None, new: dict[str, Any] | None) -> Change:
    """Return what has to be told of two images of a row, of which one may be missing."""
    if old is None or new is None:
        whole = old or new or {}
        fields = _written({name: value for name, value in whole.items() if name != MASKED})
        kind, sides = (CREATED, ((), fields)) if old is None else (DELETED, (fields, ()))
        return Change(kind, str(whole["id"]), *sides, (MASKED,))
    changed = {name for name, value in old.items() if repr(value) != repr(new[name])}
    masked = tuple(changed & {MASKED})
    before, after = (
        _written({name: image[name] for name in changed - {MASKED}}) for image in (old, new)
    )
    previous = str(old["id"]) if "id" in changed else ""
    return Change(UPDATED, str(new["id"]), before, after, masked, previous)


def change_told_by(event: Observed) -> Change:
    """Return what an event of the history says."""
    before, after = _written(event.before), _written(event.after)
    previous = event.previous[1] if event.previous else ""
    return Change(event.type, event.object_id, before, after, event.masked, previous)


def _written(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, repr(value)) for name, value in fields.items()))
