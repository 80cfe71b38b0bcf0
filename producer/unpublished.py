"""What a relay would publish, told inside a transaction that may yet roll back: for tests."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

import psycopg
from msgspec.structs import replace
from psycopg.types.json import JsonbLoader
from psycopg.types.numeric import Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

from schemas import Event, decode

from .deferred import of_transactions
from .errors import SourceUnbound
from .found import model_of
from .registry import Registry
from .rows import OutboxRow, Source
from .schema import Cursor, in_schema
from .source import read_source
from .statements import statement
from .transform import Transformer

_FIELDS: Final = len(OutboxRow.__struct_fields__)
_LARGEST_BYTES: Final = 1_000_000
_MAX: Final = 2**63 - 1
# A window of all transactions there can be: what this session sees is all that is left to say.
_EVERYTHING: Final = {"snapshot": "1:1:", "window": f"{_MAX}:{_MAX}:"}


def last_number(connection: psycopg.Connection[Any], schema: str) -> int:
    """Return the number the newest outbox row can have; later rows have higher ones."""
    with in_schema(connection, schema) as cursor:
        (number,) = cursor.execute(statement("last_number")).fetchall()[0]
    return int(number)


def preview(
    connection: psycopg.Connection[Any], schema: str, *, after: int, until: int | None = None
) -> list[Event]:
    """Return the events of the outbox rows that this session sees, its own uncommitted ones too.

    They are made by the relay's own transformer, and nothing is stored or published. ``after`` and
    ``until`` are numbers from :func:`last_number`; the rows between them are told of.

    Raises:
        SourceUnbound: capture was never installed on this database.
    """
    with in_schema(connection, schema) as cursor:
        _adapt(cursor)
        bound = read_source(cursor)
        if bound is None:
            raise SourceUnbound
        models = {row[0]: model_of(*row) for row in cursor.execute(statement("models"))}
        rows = _rows(cursor, after, until)
    source = Source(name=bound.name, believed_roles=frozenset(bound.believed_roles))
    transformer = Transformer(source, Registry(source.name, lambda: models), _LARGEST_BYTES)
    return [decode(record.value) for record in transformer.batch(rows).records]


def _adapt(cursor: Cursor) -> None:
    """Have values as in the relay's session, whatever the application's connection adapts."""
    types = cursor.adapters.types
    cursor.adapters.register_loader(types["json"].oid, ByteaBinaryLoader)
    cursor.adapters.register_loader(types["jsonb"].oid, JsonbLoader)
    cursor.adapters.register_loader(types["xid8"].oid, Int8BinaryLoader)


def _rows(cursor: Cursor, after: int, until: int | None) -> list[OutboxRow]:
    wanted = {**_EVERYTHING, "after": after, "rows": _MAX, "budget": _MAX}
    found = cursor.execute(statement("read_page"), wanted, binary=True).fetchall()
    rows = [OutboxRow(*row[:_FIELDS]) for row in found if until is None or row[1] <= until]
    return [replace(row, at=row.at.astimezone(UTC)) for row in of_transactions(rows)]
