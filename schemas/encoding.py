"""Events to bytes and back, and payloads to bytes that every later reader can take."""

from decimal import Decimal
from typing import Any, Final

from msgspec import DecodeError, Raw
from msgspec.json import Decoder, Encoder

from .errors import InvalidEvent
from .event import Event
from .faults import invalid_event
from .inspection import first_fault
from .payload import Payload
from .reading import decode_payload

CONTENT_TYPE: Final = "application/cloudevents+json"


def _as_plain(value: Any) -> Any:
    """Return an instance of a subclass of a plain type (Django's SafeString) as the plain value."""
    for plain in (str, int, float, Decimal):
        if isinstance(value, plain):
            return plain(value)
    raise TypeError(f"values of type {type(value).__qualname__!r} cannot be told in JSON")


_encoder: Final = Encoder(enc_hook=_as_plain)
_decoder: Final = Decoder(Event)


def encode(event: Event) -> bytes:
    """Return the event as one JSON object; raise InvalidEvent when a text in it is no Unicode."""
    try:
        return _encoder.encode(event)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError) as error:
        raise _refusal(event, error) from error


def decode(value: bytes) -> Event:
    """Return the event that the bytes say, its payload left raw.

    Unknown fields are ignored, so that a newer producer may add some. ``event.data`` is a view of
    ``value`` and keeps it alive.

    Raises:
        InvalidEvent: the bytes are no event; the field is named.
    """
    try:
        return _decoder.decode(value)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_event(error) from error


def encode_payload(payload: Payload) -> bytes:
    r"""Return the payload as JSON that can be read back as the same type.

    Raises:
        InvalidEvent: a value is NaN, infinite, holds ``\u0000`` or half a surrogate pair, or does
            not fit the type of its field; the field is named, nested ones too.
    """
    try:
        encoded = _encoder.encode(payload)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError) as error:
        raise _refusal(payload, error) from error
    if b"\\u0000" in encoded or b"null" in encoded or b"NaN" in encoded or b"Infinity" in encoded:
        fault = first_fault(payload)
        if fault is not None:
            raise fault
    decode_payload(type(payload), encoded)
    return encoded


def _refusal(value: Event | Payload, error: Exception) -> InvalidEvent:
    return first_fault(value) or InvalidEvent(f"cannot be encoded: {error}")


def raw(value: Any) -> Raw:
    """Return a value as the raw JSON that ``before`` and ``after`` hold."""
    return Raw(_encoder.encode(value))
