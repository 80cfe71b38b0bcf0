"""What msgspec says about a bad value, told as InvalidEvent with the path of the field."""

import re
from typing import Final

from .errors import InvalidEvent

_AT: Final = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_MISSING: Final = re.compile(r"missing required field `(?P<field>[^`]+)`")


def invalid_event(error: Exception, prefix: str = "") -> InvalidEvent:
    """Return the InvalidEvent that says what a decoding error says, its field below ``prefix``."""
    text = str(error)
    path = ""
    at = _AT.search(text)
    if at:
        path = at["path"].lstrip(".")
        text = text[: at.start()]
    missing = _MISSING.search(text)
    if missing:
        path = f"{path}.{missing['field']}" if path else missing["field"]
    return InvalidEvent(text, field=join(prefix, path))


def join(prefix: str, path: str) -> str:
    """Return one dotted path of two, either of which may be empty."""
    if not prefix or not path:
        return prefix or path
    return f"{prefix}{path}" if path.startswith("[") else f"{prefix}.{path}"
