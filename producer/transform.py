"""From outbox rows to events: pure, so that the same rows give the same events every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final

from msgspec import UNSET, MsgspecError, Raw

from schemas import EventSetAside, Payload, RelayWindow, TableTruncated, dataschema_of

from .chains import Places, places_of
from .contexts import Circumstances, Contexts
from .envelope import Envelope, encode_envelope
from .identity import EventIds, dashed
from .images import pairs_of
from .publisher import Record
from .registry import Registry
from .rows import LedgerLine, OutboxRow, Source, TrackedModel

_OVERHEAD_BYTES: Final = 200  # what the broker adds to a record and to a batch of one


@dataclass
class Batch:
    """Events ready to be published.

    Attributes:
        digest: their ids as 128-bit numbers, joined by exclusive or.
        set_aside: rows of which something could not be published, with the reason.
    """

    records: list[Record] = field(default_factory=list)
    digest: int = 0
    set_aside: list[tuple[OutboxRow, str]] = field(default_factory=list)


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

    def batch(self, rows: Sequence[OutboxRow]) -> Batch:
        """Return the events of the rows; those of one row of a table in the order of its writes.

        What cannot be encoded, or is larger than allowed, is set aside, and an event says so.
        """
        self._registry.renew()
        batch = Batch()
        places = places_of(rows, self._registry)
        for row in rows:
            reasons: list[str] = []
            try:
                self._row(row, places, batch, reasons)
            except (Unpublishable, MsgspecError, KeyError, ValueError) as error:
                reasons.append(_reason(error))
            if reasons:
                self._set_aside(row, reasons, batch)
        if places:
            batch.records.sort(key=lambda record: record.sequence)
        return batch

    def announcement(self, line: LedgerLine) -> Record:
        """Return the event that tells of a closed ledger window."""
        envelope = self._envelope(
            RelayWindow(
                number=line.number,
                events=line.events,
                digest=line.digest,
                opened_at=line.opened_at,
                closed_at=line.closed_at,
            ),
            plain=self._ids.plain(0, line.closed_at, line.number, 0, b"window"),
            time=line.closed_at,
            subject=f"backstory.Window/{line.number}",
            sequence=f"{line.number:019d}.000000",
            circumstances=self._contexts.own,
        )
        return self._record(envelope, self._contexts.own)

    def _row(self, row: OutboxRow, places: Places, batch: Batch, reasons: list[str]) -> None:
        if row.kind == "event":
            self._recorded(row, batch, reasons)
            return
        model = self._registry.model(row.name)
        if model is None:
            raise Unpublishable(f"no tracked model {row.name!r}: run manage.py backstory_install")
        if row.kind == "truncate":
            self._add(row, 0, model.label, TableTruncated(table=model.table), "", batch, reasons)
        else:
            self._changes(row, model, places, batch, reasons)

    def _changes(
        self,
        row: OutboxRow,
        model: TrackedModel,
        places: Places,
        batch: Batch,
        reasons: list[str],
    ) -> None:
        pairs = pairs_of(row.old, row.new, model.key)
        if not pairs:
            return
        shape = self._registry.shape(model, tuple(pairs[0][1] or pairs[0][0] or ()))
        for position, pair in enumerate(pairs):
            told = shape.change(pair)
            if told is not None:
                entity = shape.entity(pair[1] or pair[0] or {})
                place = places.get((row.seq, position)) if places else None
                self._add(row, position, *told, entity, batch, reasons, place)

    def _recorded(self, row: OutboxRow, batch: Batch, reasons: list[str]) -> None:
        """Add an event that the application recorded: its payload goes out as it is."""
        if row.new is None:
            raise Unpublishable("the recorded event has no payload: write it to the column new")
        circumstances = self._contexts.of(row, "")
        plain = self._ids.plain(row.xid, row.at, row.seq, 0)
        envelope = Envelope(
            "1.0",
            dashed(plain),
            row.name,
            self._source,
            row.at,
            row.subject or UNSET,
            f"{row.seq:019d}.000000",
            f"backstory:{row.name}/{row.version or 1}",
            circumstances.context,
            Raw(row.new),
        )
        self._take(self._record(envelope, circumstances), plain, batch, reasons)

    def _add(
        self,
        row: OutboxRow,
        position: int,
        subject: str,
        payload: Payload,
        entity: str,
        batch: Batch,
        reasons: list[str],
        place: tuple[int, int] | None = None,
    ) -> None:
        """Add the event of one change; ``place`` is given when its writes came in another order."""
        seq, at_position = place or (row.seq, position)
        plain = self._ids.plain(row.xid, row.at, row.seq, position)
        circumstances = self._contexts.of(row, entity)
        envelope = self._envelope(
            payload,
            plain,
            row.at,
            subject,
            f"{seq:019d}.{at_position:06d}",
            circumstances,
        )
        self._take(self._record(envelope, circumstances), plain, batch, reasons)

    def _set_aside(self, row: OutboxRow, reasons: list[str], batch: Batch) -> None:
        reason = "; ".join(reasons[:3]) + (f" (and {len(reasons) - 3} more)" * (len(reasons) > 3))
        batch.set_aside.append((row, reason))
        plain = self._ids.plain(row.xid, row.at, row.seq, 0, b"set aside")
        envelope = self._envelope(
            EventSetAside(outbox_seq=row.seq, name=row.name[:200], reason=reason),
            plain,
            row.at,
            f"backstory.Outbox/{row.seq}",
            f"{row.seq:019d}.000000",
            self._contexts.own,
        )
        self._take(self._record(envelope, self._contexts.own), plain, batch, reasons)

    def _envelope(
        self,
        payload: Payload,
        plain: str,
        time: datetime,
        subject: str,
        sequence: str,
        circumstances: Circumstances,
    ) -> Envelope:
        name, dataschema = _type_of(type(payload))
        return Envelope(
            "1.0",
            dashed(plain),
            name,
            self._source,
            time,
            subject,
            sequence,
            dataschema,
            circumstances.context,
            payload,
        )

    def _record(self, envelope: Envelope, circumstances: Circumstances) -> Record:
        key = envelope.subject or circumstances.request or envelope.id
        return Record(key, encode_envelope(envelope), circumstances.headers, envelope.sequence)

    def _take(self, record: Record, plain: str, batch: Batch, reasons: list[str]) -> None:
        size = len(record.value) + len(record.key) * 4
        if size > self._largest_bytes:
            reasons.append(
                f"event {record.sequence} has {size:,} bytes, {self._largest_bytes:,} are allowed"
            )
            return
        batch.records.append(record)
        batch.digest ^= int(plain, 16)


@cache
def _type_of(payload: type[Payload]) -> tuple[str, str]:
    return payload.__event_type__, dataschema_of(payload)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"its row images have no column {error.args[0]!r}"
    return str(error)
