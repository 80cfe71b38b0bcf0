"""Events to bytes and back, and payloads to bytes that every later reader can take."""

from datetime import UTC
from typing import Any, Final

from msgspec import DecodeError, Raw
from msgspec.json import Decoder
from msgspec.structs import replace

from .changes import Change
from .errors import InvalidEvent
from .event import Event
from .faults import invalid_event
from .inspection import first_fault
from .payload import Payload
from .reading import decode_payload
from .writing import encoder

_CANNOT_ENCODE: Final = (TypeError, ValueError, OverflowError, RecursionError)
_CANNOT_DECODE: Final = (DecodeError, UnicodeDecodeError, RecursionError)


_decoder: Final = Decoder(Event)


def encode(event: Event) -> bytes:
    r"""Return the event as one JSON object, its time in UTC.

    Raises:
        InvalidEvent: the time has no zone, or a text (in the payload, too) holds ``\u0000`` or half
            a surrogate pair; the field is named.
    """
    if event.time.tzinfo is not UTC:
        event = _in_utc(event)
    try:
        encoded = encoder.encode(event)
    except _CANNOT_ENCODE as error:
        raise _refusal(event, event.type, error) from error
    if b"\\u" in encoded:
        _refuse_faults(event, event.type)
    return encoded


def decode(value: bytes) -> Event:
    """Return the event that the bytes say, its payload left raw.

    Unknown fields are ignored, so that a newer producer may add some. ``event.data`` is a view of
    ``value`` and keeps it alive.

    Raises:
        InvalidEvent: the bytes are no event; the field is named.
    """
    try:
        return _decoder.decode(value)
    except _CANNOT_DECODE as error:
        raise invalid_event(error) from error


def encode_payload(payload: Payload) -> bytes:
    r"""Return the payload as JSON that can be read back as the same type.

    Raises:
        InvalidEvent: a value is NaN, infinite, holds ``\u0000`` or half a surrogate pair, or does
            not fit the type of its field; the field is named, nested ones too. Or the class has no
            name.
    """
    cls = type(payload)
    name = getattr(cls, "__event_type__", "")
    if not name:
        raise InvalidEvent(
            f"{cls.__qualname__!r} declares no event type: subclass Payload with name= and version="
        )
    try:
        encoded = encoder.encode(payload)
    except _CANNOT_ENCODE as error:
        raise _refusal(payload, name, error) from error
    if _is_suspicious(payload, encoded):
        _refuse_faults(payload, name)
    decode_payload(cls, encoded)
    return encoded


def raw(value: Any) -> Raw:
    """Return a value as the raw JSON that ``before`` and ``after`` hold."""
    return Raw(encoder.encode(value))


def _in_utc(event: Event) -> Event:
    if event.time.tzinfo is None:
        raise InvalidEvent("has no time zone: pass UTC", field="time", event_type=event.type)
    return replace(event, time=event.time.astimezone(UTC))


def _is_suspicious(payload: Payload, encoded: bytes) -> bool:
    r"""Return whether the bytes look as if one of them had been an unfit value.

    msgspec writes NaN and infinite floats as null (a change holds no floats, only raw JSON), such
    decimals as their names, and only control characters as ``\u``.
    """
    if b"\\u" in encoded:
        return True
    if isinstance(payload, Change):
        return False
    return b"null" in encoded or b"NaN" in encoded or b"Infinity" in encoded


def _refuse_faults(value: Event | Payload, name: str) -> None:
    fault = first_fault(value)
    if fault is not None:
        raise InvalidEvent(fault.problem, field=fault.field, event_type=name)


def _refusal(value: Event | Payload, name: str, error: Exception) -> InvalidEvent:
    fault = first_fault(value) or InvalidEvent(f"cannot be told in JSON: {error}")
    return InvalidEvent(fault.problem, field=fault.field, event_type=name)
