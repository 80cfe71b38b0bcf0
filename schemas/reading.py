"""From bytes to typed payloads: a decoder for each class, upcasts for older versions."""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import DecodeError, Raw
from msgspec.json import Decoder, Encoder

from .errors import EventError, InvalidEvent, UnknownEventType
from .faults import invalid_event
from .registry import payload_type

if TYPE_CHECKING:
    from .payload import Payload

# Older versions pass through plain dicts; fractions travel as Decimal and keep their digits.
_plain: Final[Decoder[dict[str, Any]]] = Decoder(dict[str, Any], float_hook=Decimal)
_again: Final = Encoder(decimal_format="number")


def payload_of(name: str, version: int, data: Raw) -> "Payload":
    """Return the payload, upcast to the newest declared version.

    Raises:
        UnknownEventType: the type is not declared, or only in older versions.
        InvalidEvent: the data does not fit; its field is below ``data``.
    """
    newest = payload_type(name)
    if version == newest.__event_version__:
        return decode_payload(newest, data, below="data")
    if not 1 <= version < newest.__event_version__:
        raise UnknownEventType(name, version, range(1, newest.__event_version__ + 1))
    return decode_payload(newest, _upcast(newest, version, data), below="data")


def decode_payload(cls: "type[Payload]", data: Raw | bytes, *, below: str = "") -> "Payload":
    """Return the data as that class; raise InvalidEvent naming the field that does not fit."""
    try:
        return _decoder(cls).decode(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_event(error, below=below, event_type=cls.__event_type__) from error


def _upcast(newest: "type[Payload]", version: int, data: Raw) -> bytes:
    """Return the data of an older version as that of the newest."""
    name = newest.__event_type__
    try:
        fields = _plain.decode(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_event(error, below="data", event_type=name) from error
    for step in range(version, newest.__event_version__):
        try:
            fields = newest.__upcasts__[step](fields)
        except EventError:
            raise
        except Exception as error:
            raise InvalidEvent(
                f"the upcast from version {step} to {step + 1} failed with {error!r}: "
                f"mend it in {newest.__module__!r}",
                field="data",
                event_type=name,
            ) from error
    return _again.encode(fields)


@cache
def _decoder(cls: "type[Payload]") -> "Decoder[Payload]":
    return Decoder(cls)
