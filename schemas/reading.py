"""From bytes to typed payloads: decoders for each class, upcasts for older versions."""

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
        InvalidEvent: the data does not fit.
    """
    newest = payload_type(name)
    if version == newest.__event_version__:
        return decode_payload(newest, data)
    if not 1 <= version < newest.__event_version__:
        raise UnknownEventType(name, version, [newest.__event_version__])
    return decode_payload(newest, _upcast(newest, version, data))


def decode_payload(cls: "type[Payload]", data: Raw | bytes) -> "Payload":
    """Return the data as that class; raise InvalidEvent naming the field that does not fit."""
    try:
        return _decoder(cls).decode(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_event(error, "data") from error


def _upcast(newest: "type[Payload]", version: int, data: Raw) -> bytes:
    """Return the data of an older version as that of the newest."""
    try:
        fields = _plain.decode(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_event(error, "data") from error
    for step in range(version, newest.__event_version__):
        try:
            fields = newest.__upcasts__[step](fields)
        except EventError:
            raise
        except Exception as error:
            raise InvalidEvent(
                f"upcast of {newest.__event_type__!r} from version {step} to {step + 1} failed "
                f"with {error!r}: mend the function in {newest.__module__!r}",
                field="data",
            ) from error
    return _again.encode(fields)


@cache
def _decoder(cls: "type[Payload]") -> "Decoder[Payload]":
    return Decoder(cls)
