"""Find the value in a payload that JSON, PostgreSQL or a reader could not take; name its field.

Slow and thorough: only called once something suspicious was seen in the encoded bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

import msgspec

from .errors import InvalidEvent
from .faults import invalid_event, join
from .writing import encoder


def first_fault(value: Any) -> InvalidEvent | None:
    """Return the first unfit value inside as an error that names its field, or None."""
    try:
        return next(_faults(value, ""), None)
    except RecursionError:
        return InvalidEvent("is nested too deeply to be told in JSON: flatten it")


def _faults(value: Any, path: str) -> Iterator[InvalidEvent]:
    match value:
        case str():
            yield from _text_faults(value, path)
        case float() | Decimal():
            if not (value.is_finite() if isinstance(value, Decimal) else isfinite(value)):
                yield InvalidEvent(
                    f"is {value}, a number JSON does not have: send None or leave it out",
                    field=path,
                )
        case msgspec.UnsetType():
            return  # left out
        case msgspec.Raw():
            yield from _raw_faults(value, path)
        case Mapping():
            for key, item in value.items():
                yield from _faults(key, path)
                yield from _faults(item, join(path, str(key)))
        case list() | tuple() | set() | frozenset():
            for index, item in enumerate(value):
                yield from _faults(item, join(path, f"[{index}]"))
        case _:
            yield from _other_faults(value, path)


def _text_faults(value: str, path: str) -> Iterator[InvalidEvent]:
    if "\x00" in value:
        yield InvalidEvent(
            r"holds the character \u0000, which PostgreSQL cannot store: remove it", field=path
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        yield InvalidEvent("holds half a surrogate pair, which is no text: remove it", field=path)


def _raw_faults(value: msgspec.Raw, path: str) -> Iterator[InvalidEvent]:
    try:
        inside = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield invalid_event(error, below=path)
    else:
        yield from _faults(inside, path)


def _other_faults(value: Any, path: str) -> Iterator[InvalidEvent]:
    """Look into structs and dataclasses; of anything else ask whether msgspec can tell it."""
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
    elif is_dataclass(value) and not isinstance(value, type):
        names = tuple(field.name for field in fields(value))
    else:
        try:
            encoder.encode(value)
        except (TypeError, ValueError, OverflowError) as error:
            yield InvalidEvent(f"cannot be told in JSON: {error}", field=path)
        return
    for name in names:
        yield from _faults(getattr(value, name), join(path, name))
