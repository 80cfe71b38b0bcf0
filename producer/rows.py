"""What the relay reads: outbox rows, the place it has reached, the tables it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec


class OutboxRow(msgspec.Struct, frozen=True, gc=False):
    """One row of ``backstory_outbox``: a statement's changes, or one recorded event.

    Attributes:
        xid: number of the transaction that wrote it, in the cluster where it was written.
        at: when, in UTC.
        kind: ``insert``, ``update``, ``delete``, ``truncate`` or ``event``.
        name: model label, or event type.
        old, new: JSON arrays of row objects, paired by position; the payload of an event is in new.
    """

    xid: int
    seq: int
    at: datetime
    kind: str
    name: str
    version: int | None
    subject: str | None
    context: str | None
    role: str
    application: str | None
    address: str | None
    old: bytes | None
    new: bytes | None
    old_count: int
    new_count: int


@dataclass(frozen=True)
class Place:
    """How far reading has come.

    Attributes:
        snapshot: everything visible in it is behind us.
        window: upper bound of the window being read, or None between two windows.
        last_seq: of what ``window`` sees beyond ``snapshot``, all up to this number is behind us.
    """

    snapshot: str
    window: str | None = None
    last_seq: int = 0


@dataclass(frozen=True)
class Page:
    """Rows in the order to publish them.

    Attributes:
        before: the place to be stored before any of them is published.
        after: the place to be stored when all of them are acknowledged.
        catalogue: differs when the source or the tracked models have changed since another page.
    """

    rows: list[OutboxRow]
    before: Place
    after: Place
    catalogue: str


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The ledger window that is open: what was acknowledged since the last one was closed.

    Attributes:
        digest: of each event the SHA-256 of its value, then its id, as one 384-bit number, joined
            by exclusive or. Under 2 ** 128: of ids only, as an older relay began it.
        opened_at: when its first event was acknowledged; None while it is empty.
    """

    number: int = 1
    events: int = 0
    digest: int = 0
    opened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """A closed ledger window."""

    number: int
    events: int
    digest: str
    opened_at: datetime
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a store makes durable, all of it or nothing.

    Attributes:
        closed: ledger windows closed by this store.
        announced: numbers of the ledger windows whose event was acknowledged.
        set_aside: rows to keep with the reason why they were not published.
    """

    place: Place
    ledger: Ledger
    closed: tuple[LedgerLine, ...] = ()
    announced: tuple[int, ...] = ()
    set_aside: tuple[tuple[OutboxRow, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a new leader finds.

    Attributes:
        unannounced: closed ledger windows whose event was perhaps not published.
    """

    place: Place
    ledger: Ledger
    unannounced: tuple[LedgerLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """Under which name this database publishes, and whose comments it believes."""

    name: str
    believed_roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Column:
    """A column the relay knows: its field and how the field is classified.

    Attributes:
        until: when it was found to be gone; of later rows it is another one that has its name.
    """

    field: str
    classified: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TrackedModel:
    """A row of ``backstory_model``.

    Attributes:
        void_column: holds the deletion that voided a row; None where rows cannot be voided.
    """

    label: str
    table: str
    key: tuple[str, ...]
    columns: Mapping[str, Column] = field(default_factory=dict)
    entity_label: str | None = None
    entity_column: str | None = None
    void_column: str | None = None
