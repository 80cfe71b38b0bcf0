"""Events of the history as the records they were on their topic, in the order of each source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql

from schemas import RecordHeaders, record_headers, record_key

from .sql import statement

_TYPES: Final = ("text", "int8", "int4", "uuid", "bytea")
"""As the columns travel; json is sent as its text, which bytea takes as it is."""


class Place(NamedTuple):
    """Where an event stands among all of a history."""

    source: str
    sequence: int
    position: int
    id: UUID


class RoutedEvent(NamedTuple):
    """An event as its record: key, headers and the very bytes."""

    place: Place
    key: str
    headers: RecordHeaders
    value: bytes


def read_in_order(
    connection: psycopg.Connection[Any], before: datetime, after: Place, batch: int
) -> Iterator[list[RoutedEvent]]:
    """Read what was kept ``before`` a moment and lies ``after`` a place, in batches.

    One snapshot and one sort, on the server's disk if need be; here there is one batch at a time.
    """
    query = sql.SQL(statement("copy_in_order")).format(
        before=sql.Literal(before),
        source=sql.Literal(after.source),
        sequence=sql.Literal(after.sequence),
        position=sql.Literal(after.position),
        id=sql.Literal(str(after.id)),
    )
    with connection.transaction():
        connection.execute(statement("sort_in_memory"))
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            copy.set_types(_TYPES)
            rows = copy.rows()
            while found := [_routed(*row) for row in islice(rows, batch)]:
                yield found


def _routed(source: str, sequence: int, position: int, event_id: UUID, value: bytes) -> RoutedEvent:
    told = _decode(value)
    context = told.context
    request = context.request.id if context.request else ""
    key = record_key(told.subject, request, told.id)
    place = Place(source, sequence, position, event_id)
    return RoutedEvent(place, key, record_headers(context.trace), value)


class _Request(msgspec.Struct, gc=False):
    id: str = ""


class _Context(msgspec.Struct, gc=False):
    request: _Request | None = None
    trace: str = ""


class _Told(msgspec.Struct, gc=False):
    id: str
    context: _Context
    subject: str = ""


_decode: Final = msgspec.json.Decoder(_Told).decode
