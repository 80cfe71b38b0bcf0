"""The one JSON encoder; it also takes subclasses of plain types, such as Django's SafeString."""

from decimal import Decimal
from typing import Any, Final

from msgspec.json import Encoder


def _as_plain(value: Any) -> Any:
    """Return an instance of a subclass of a plain type as that type; raise TypeError for others."""
    match value:
        case str():
            return str.__str__(value)  # str(value) may return the subclass again
        case int():
            return int.__int__(value)
        case float():
            return float.__float__(value)
        case Decimal():
            return Decimal(value)
        case dict():
            return dict(value)
    raise TypeError(f"values of type {type(value).__qualname__!r} are not known to JSON")


encoder: Final = Encoder(enc_hook=_as_plain)
