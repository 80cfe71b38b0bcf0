"""Find the value in a payload that JSON, PostgreSQL or a reader could not take; name its field.

Slow and thorough: only called once something suspicious was seen in the encoded bytes.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

import msgspec

from .errors import InvalidEvent
from .faults import invalid_event, join


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
        case float() | Decimal() if not isfinite(value):
            yield InvalidEvent(
                f"is {value!r}, a number that JSON does not have: send None or leave it out",
                field=path,
            )
        case msgspec.Raw():
            yield from _raw_faults(value, path)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from _faults(getattr(value, name), join(path, name))
        case Mapping():
            for key, item in value.items():
                yield from _faults(key, join(path, repr(key)))
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
        yield invalid_event(error, path)
    else:
        yield from _faults(inside, path)


def _other_faults(value: Any, path: str) -> Iterator[InvalidEvent]:
    try:
        msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError) as error:
        if not isinstance(value, int | float):
            yield InvalidEvent(f"cannot be told in JSON: {error}", field=path)
