"""From outbox rows to events: pure, so that the same rows give the same events every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET, MsgspecError, Raw, UnsetType

from schemas import EventSetAside, RelayWindow, TableTruncated

from .chains import Places, places_of
from .contexts import Circumstances, Contexts
from .deletions import mark_of, taken_by, with_deletion
from .envelope import Envelope
from .identity import EventIds, event_id
from .images import Pair, pairs_of
from .publisher import Record
from .registry import Registry
from .rows import LedgerLine, OutboxRow, Source, TrackedModel
from .telling import Batch, Telling, record_of, take, type_of

_OVERHEAD_BYTES: Final = 200  # what the broker adds to a record and to a batch of one
_REASONS_TOLD: Final = 3


class Unpublishable(Exception):  # noqa: N818
    """A row that cannot become events; its text is the reason."""


class Transformer:
    """Turns outbox rows of one source into events.

    Args:
        largest_bytes: how large key, value and headers of an event together may be.
    """

    def __init__(self, source: Source, registry: Registry, largest_bytes: int) -> None:
        self._source = source.name
        self._registry = registry
        self._largest_bytes = largest_bytes - _OVERHEAD_BYTES
        self._contexts = Contexts(source)
        self._ids = EventIds(source.name)

    def batch(self, rows: Sequence[OutboxRow], window: int | UnsetType = UNSET) -> Batch:
        """Return the events of the rows; those of one row of a table in the order of its writes.

        What cannot be encoded, or is larger than allowed, is set aside, and an event says so.
        ``window`` is the number of the ledger window that will count them.
        """
        self._registry.renew()
        batch = Batch(window)
        decoded: dict[int, list[Pair]] = {}
        places = places_of(rows, self._registry, decoded)
        for row in rows:
            reasons: list[str] = []
            try:
                self._row(row, places, decoded, batch, reasons)
            except (Unpublishable, MsgspecError, KeyError, ValueError) as error:
                reasons.append(_reason(error))
            if reasons:
                self._set_aside(row, reasons, batch)
        if places:
            batch.records.sort(key=lambda record: record.sequence)
        return batch

    def announcement(self, line: LedgerLine) -> Record:
        """Return the event that tells of a closed ledger window."""
        payload = RelayWindow(
            number=line.number,
            events=line.events,
            digest=line.digest,
            opened_at=line.opened_at,
            closed_at=line.closed_at,
        )
        begun = self._ids.begin(0, line.closed_at, line.number)
        name, dataschema = type_of(type(payload))
        envelope = Envelope(
            "1.0",
            event_id(begun, 0, b"window"),
            name,
            self._source,
            line.closed_at,
            f"backstory.Window/{line.number}",
            f"{line.number:019d}.000000",
            UNSET,
            dataschema,
            self._contexts.own.context(),
            payload,
        )
        return record_of(envelope, self._contexts.own)

    def _row(
        self,
        row: OutboxRow,
        places: Places,
        decoded: dict[int, list[Pair]],
        batch: Batch,
        reasons: list[str],
    ) -> None:
        if row.kind == "event":
            self._recorded(row, batch, reasons)
            return
        model = self._registry.model(row.name)
        if model is None:
            raise Unpublishable(f"no tracked model {row.name!r}: run manage.py backstory_install")
        if row.kind == "truncate":
            telling = self._telling(row, self._circumstances(row), batch, reasons)
            telling.add(0, model.label, TableTruncated(table=model.table))
            return
        pairs = decoded.get(row.seq)
        if pairs is None:
            pairs = pairs_of(row.old, row.new, model.key)
        if pairs:
            self._changes(row, model, pairs, places, batch, reasons)

    def _changes(
        self,
        row: OutboxRow,
        model: TrackedModel,
        pairs: list[Pair],
        places: Places,
        batch: Batch,
        reasons: list[str],
    ) -> None:
        shape = self._registry.shape(model, tuple(pairs[0][1] or pairs[0][0] or ()), row.at)
        add = self._telling(row, self._circumstances(row), batch, reasons).add
        mark = mark_of(row.context)
        for position, (old, new) in enumerate(pairs):
            payload = shape.payload(old, new)
            if payload is not None:
                image = new or old or {}
                if mark is not None:
                    because_of = taken_by(mark, old or image, shape, self._registry)
                    payload = with_deletion(payload, mark, because_of)
                place = places.get((row.seq, position)) if places else None
                add(position, shape.subject(image), payload, shape.entity(image), place)

    def _recorded(self, row: OutboxRow, batch: Batch, reasons: list[str]) -> None:
        """Add an event that the application recorded: its payload goes out as it is."""
        if row.new is None:
            raise Unpublishable("the recorded event has no payload: write it to the column new")
        circumstances = self._circumstances(row)
        envelope = Envelope(
            "1.0",
            event_id(self._ids.begin(row.xid, row.at, row.seq), 0),
            row.name,
            self._source,
            row.at,
            self._registry.told(row.subject) if row.subject else UNSET,
            f"{row.seq:019d}.000000",
            batch.window,
            f"backstory:{row.name}/{row.version or 1}",
            circumstances.context(),
            Raw(row.new),
        )
        take(envelope, circumstances, self._largest_bytes, batch, reasons)

    def _circumstances(self, row: OutboxRow) -> Circumstances:
        """Return what the comment says, with the entity named as its own events name it."""
        found = self._contexts.of(row)
        if not found.entity:
            return found
        told = self._registry.told(found.entity)
        return found if told == found.entity else found._replace(entity=told)

    def _set_aside(self, row: OutboxRow, reasons: list[str], batch: Batch) -> None:
        more = len(reasons) - _REASONS_TOLD
        reason = "; ".join(reasons[:_REASONS_TOLD]) + (f"; and {more} more" if more > 0 else "")
        batch.set_aside.append((row, reason))
        payload = EventSetAside(outbox_seq=row.seq, name=row.name[:200], reason=reason)
        telling = self._telling(row, self._contexts.own, batch, [])
        telling.add(0, f"backstory.Outbox/{row.seq}", payload, salt=b"set aside")

    def _telling(
        self, row: OutboxRow, circumstances: Circumstances, batch: Batch, reasons: list[str]
    ) -> Telling:
        begun = self._ids.begin(row.xid, row.at, row.seq)
        return Telling(self._source, row, begun, circumstances, self._largest_bytes, batch, reasons)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"its row images have no column {error.args[0]!r}"
    return str(error)
