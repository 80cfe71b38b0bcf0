"""Values of events as Python values: what the ORM would read from the column they came from.

An event holds a value as PostgreSQL writes it in JSON. It becomes what psycopg would make of the
column's type, and then what the field's converters (``from_db_value``) make of that.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from msgspec import Raw
from psycopg import DataError

from .adaptation import loaded

_STANDS_FOR: Final = re.compile(rb'\{\s*"backstory:')
_MODIFIER: Final = re.compile(r"\s*\(.*?\)")  # of numeric(20, 4), timestamp(3) with time zone
_DIMENSION: Final = re.compile(r"\[\d*\]")
_DOES_NOT_FIT: Final = (ValueError, TypeError, ArithmeticError, ValidationError, DataError)

_plain: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(float_hook=Decimal)
_elements: Final = msgspec.json.Decoder(list[Raw])


@dataclass(frozen=True)
class LargeValue:
    """Stands for a value that was too large to be recorded.

    Attributes:
        length: of its text (of its bytes, for binary ones), in bytes.
        sha256: of the same, in hexadecimal; None when it could not be made.
    """

    length: int
    sha256: str | None


class JsonNull:
    """The null of JSON, stored as a value; None is the database's NULL."""

    def __repr__(self) -> str:
        return "JSON_NULL"

    def __bool__(self) -> bool:
        return False


JSON_NULL: Final = JsonNull()


def plain_value(value: Raw) -> Any:
    """Return a value as JSON has it: fractions as Decimal, so that no digit is lost.

    What stands for a value that JSON cannot tell becomes a LargeValue, or JSON_NULL.
    """
    found = _plain.decode(value)
    if isinstance(found, dict):
        if found.keys() == {"backstory:length", "backstory:sha256"}:
            return LargeValue(found["backstory:length"], found["backstory:sha256"])
        if found == {"backstory:json": None}:
            return JSON_NULL
    return found


def field_value(
    value: Raw, field: "models.Field[Any, Any]", connection: BaseDatabaseWrapper
) -> Any:
    """Return a value as the ORM reads it: foreign keys as the key, files as their name.

    A value that does not fit (its column had another type then, or Python has no such value, as
    for the timestamp ``infinity``) is returned as :func:`plain_value` has it.
    """
    if _STANDS_FOR.match(bytes(value)):
        return plain_value(value)
    column, kind = _column(field, connection.alias)
    try:
        found = _column_value(kind, value, connection)
        converters = [
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        ]
        for convert in converters:
            found = convert(found, column, connection)
    except _DOES_NOT_FIT:
        return plain_value(value)
    return found


@cache
def _column(field: "models.Field[Any, Any]", alias: str) -> tuple[Col, str]:
    """Return a field's column and its type, without what only bounds its values."""
    column = field.get_col(field.model._meta.db_table)
    kind = column.output_field.db_type(connections[alias]) or ""
    return column, _MODIFIER.sub("", kind)


def _column_value(kind: str, value: Raw, connection: BaseDatabaseWrapper) -> Any:
    """Return what psycopg makes of a value of a column's type, such as ``date[]``."""
    written = bytes(value)
    if written == b"null":
        return None
    if _DIMENSION.search(kind):
        inner = _DIMENSION.sub("", kind, count=1)
        return [_column_value(inner, each, connection) for each in _elements.decode(value)]
    if kind in ("json", "jsonb"):
        return written.decode()  # JSONField reads the text
    if written[:1] in b"{[tf":  # boolean, a composite type, or one that has a cast to JSON
        return _plain.decode(written)
    text = _plain.decode(written) if written[:1] == b'"' else written.decode()
    return loaded(kind, text, connection)
