"""The events of one outbox row, added to a batch one by one. This runs for every event."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from msgspec import UNSET, UnsetType

from schemas import Payload, dataschema_of, record_key

from .chains import Place
from .contexts import Circumstances
from .envelope import Envelope, encode_envelope
from .identity import event_id
from .publisher import Record
from .rows import OutboxRow


@dataclass
class Batch:
    """Events ready to be published.

    Attributes:
        window: number of the ledger window that will count them; UNSET when none will.
        digest: of each the SHA-256 of its value, then its id, as one 384-bit number; joined by
            exclusive or (ADR 12).
        set_aside: rows of which something could not be published, with the reason.
    """

    window: int | UnsetType = UNSET
    records: list[Record] = field(default_factory=list)
    digest: int = 0
    set_aside: list[tuple[OutboxRow, str]] = field(default_factory=list)


@dataclass(slots=True)
class Telling:
    """What the events of one outbox row have in common."""

    source: str
    row: OutboxRow
    begun: tuple[str, bytes]
    circumstances: Circumstances
    largest_bytes: int
    batch: Batch
    reasons: list[str]

    def add(
        self,
        position: int,
        subject: str,
        payload: Payload,
        entity: str = "",
        place: Place | None = None,
        salt: bytes = b"",
    ) -> None:
        """Add an event; ``place`` is given when the writes came in another order."""
        row = self.row
        seq, at_position = place or (row.seq, position)
        name, dataschema = _TYPES.get(type(payload)) or type_of(type(payload))
        envelope = Envelope(
            "1.0",
            event_id(self.begun, position, salt),
            name,
            self.source,
            row.at,
            subject,
            f"{seq:019d}.{at_position:06d}",
            self.batch.window,
            dataschema,
            self.circumstances.context(entity),
            payload,
        )
        take(envelope, self.circumstances, self.largest_bytes, self.batch, self.reasons)


def record_of(envelope: Envelope, circumstances: Circumstances) -> Record:
    """Return an event as it goes to the topic."""
    key = record_key(envelope.subject or None, circumstances.request, envelope.id)
    return Record(key, encode_envelope(envelope), circumstances.headers, envelope.sequence)


def take(
    envelope: Envelope,
    circumstances: Circumstances,
    largest_bytes: int,
    batch: Batch,
    reasons: list[str],
) -> None:
    """Add an event to the batch, or say why not."""
    record = record_of(envelope, circumstances)
    size = len(record.value) + len(record.key) * 4
    if size > largest_bytes:
        reasons.append(f"event {record.sequence} has {size:,} bytes, {largest_bytes:,} are allowed")
        return
    batch.records.append(record)
    digest = sha256(record.value).hexdigest() + envelope.id.replace("-", "")
    batch.digest ^= int(digest, 16)


def type_of(payload: type[Payload]) -> tuple[str, str]:
    """Return type and dataschema of a payload's events."""
    return _TYPES.setdefault(payload, (payload.__event_type__, dataschema_of(payload)))


_TYPES: Final[dict[type[Payload], tuple[str, str]]] = {}
