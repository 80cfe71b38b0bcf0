"""From an event to a row of history.events, in the shapes that binary COPY takes as they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from msgspec import UNSET

from schemas import Actor, Event, InvalidEvent, Request, split_sequence

from ..records import Record

Row = tuple[Any, ...]

COLUMN_TYPES: Final = (
    "bytea",  # id: the 16 bytes of the uuid
    "int8",  # occurred_at: microseconds since 2000, as timestamptz is sent
    *["text"] * 2,  # type, source
    "int8",  # sequence
    "int4",  # position
    *["text"] * 9,  # model to url_path
    "bytea",  # ip: as inet is sent
    *["text"] * 4,  # browser, user_agent, origin, trace_id
    "bytea",  # value: json is sent as its text
    "text",  # topic
    "int4",  # partition
    "int8",  # offset
    "int8",  # ledger_window
)
"""How each column travels. COPY carries no types, so what matters is that the bytes are those that
the column's type receives; the plain types keep psycopg on its compiled path."""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escape itself, not an escaped backslash before the text u0000."""
_MAX_BIGINT: Final = 2**63 - 1
_NOBODY: Final = Actor()
_NO_REQUEST: Final = Request()


def row_of(topic: str, record: Record, event: Event) -> Row:
    """The row of one event, in the order of ``COLUMN_TYPES``.

    Raises InvalidEvent when a column cannot be made, or the view's jsonb could not hold the value.
    """
    value = record.value or b""
    if b"\\u0000" in value and _NUL.search(value):
        raise InvalidEvent("text with a NUL character (\\u0000), which jsonb cannot hold")
    context = event.context
    actor = context.actor or _NOBODY
    request = context.request or _NO_REQUEST
    model, _, object_id = (event.subject or "").partition("/")
    sequence, position = split_sequence(event.sequence)
    if sequence > _MAX_BIGINT:
        raise InvalidEvent(f"{sequence} is more than a bigint can hold", field="sequence")
    return (
        event.id.bytes,
        (event.time - _EPOCH) // _MICROSECOND,
        event.type,
        event.source,
        sequence,
        position,
        model or None,
        object_id or None,
        context.entity or None,
        actor.id or None,
        actor.username or None,
        context.action or None,
        request.id or None,
        request.method or None,
        request.path or None,
        inet(request.ip),
        request.browser or None,
        request.user_agent or None,
        context.origin or None,
        context.trace.split("-")[1] if context.trace.count("-") == 3 else None,
        value,
        topic,
        record.partition,
        record.offset,
        None if event.window is UNSET else event.window,
    )


@lru_cache(maxsize=4096)
def inet(address: str) -> bytes | None:
    """An address as Postgres receives inet; None for what is no address (visitors send anything).

    Source: ``network_send`` in PostgreSQL's src/backend/utils/adt/network.c: family (2 or 3),
    bits, is_cidr, length, address.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    family = 2 if parsed.version == 4 else 3
    return bytes((family, parsed.max_prefixlen, 0, len(parsed.packed))) + parsed.packed
