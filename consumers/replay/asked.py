"""What a replay is asked for: which part of the topic, and which of its events."""

from __future__ import annotations

from datetime import datetime

import msgspec

from schemas import Event


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which events; empty means all.

    Attributes:
        types: event types, as ``model.updated``.
        subjects: objects, as ``captable.Certificate/7``.
        entities: whose data, as ``captable.Company/3``.
        since: when they happened, at the earliest.
        until: before when they happened.
    """

    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def accepts(self, event: Event) -> bool:
        """Whether the event is one of them."""
        return (
            (not self.types or event.type in self.types)
            and (not self.subjects or event.subject in self.subjects)
            and (not self.entities or event.context.entity in self.entities)
            and (self.since is None or event.time >= self.since)
            and (self.until is None or event.time < self.until)
        )


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which part of the topic, and which of its events; by default all of it, as it grows.

    Attributes:
        selection: of the events.
        from_time: the records' timestamps, at the earliest.
        to_time: before which they are.
        from_offset: the first offset of each partition.
        to_offset: the offset after the last one of each partition.
        from_offsets: the same by partition; the more exact one wins.
        to_offsets: the same by partition.
    """

    selection: Selection = Selection()
    from_time: datetime | None = None
    to_time: datetime | None = None
    from_offset: int | None = None
    to_offset: int | None = None
    from_offsets: dict[int, int] = {}
    to_offsets: dict[int, int] = {}

    def __str__(self) -> str:
        return self.as_json() if self != Asked() else "the whole topic"

    def as_json(self) -> str:
        """Only what is not the default."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Asked:
        """The inverse of ``as_json``."""
        return msgspec.json.decode(text, type=cls)
