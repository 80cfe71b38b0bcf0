"""An event made in the application's process, shaped as the relay would have made it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET, Raw

from schemas import Context, Event, encode, record_headers, record_key, sequence_of

from ..identity import EventIds, event_id
from ..publisher import Record

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def direct_record(
    source: str,
    event_type: str,
    version: int,
    subject: str | None,
    data: bytes,
    context: Context,
    at: datetime,
) -> Record:
    """Return an event for the topic: id, key, headers and context as the relay makes them.

    It has no row and so no number: its id holds chance instead, and its sequence is its time in
    microseconds, which orders the direct events of a source among themselves and says nothing
    about their place among those of the outbox.

    Args:
        data: the payload, encoded.
        context: cleaned and bounded, as ``context_from_comment`` returns it.
    """
    microseconds = (at - _EPOCH) // _MICROSECOND
    begun = EventIds(source).begin(0, at, microseconds)
    event = Event(
        id=UUID(event_id(begun, 0, os.urandom(16))),
        type=event_type,
        source=source,
        time=at,
        subject=subject or UNSET,
        sequence=sequence_of(microseconds),
        dataschema=f"backstory:{event_type}/{version}",
        context=context,
        data=Raw(data),
    )
    request = context.request.id if context.request else ""
    key = record_key(subject, request, str(event.id))
    return Record(key, encode(event), record_headers(context.trace), event.sequence)
