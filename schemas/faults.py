"""What msgspec says about a bad value, told as InvalidEvent with the path of the field."""

import re
from typing import Final

from .errors import InvalidEvent

_AT: Final = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_MISSING: Final = re.compile(r"missing required field `(?P<field>[^`]+)`")


def invalid_event(error: Exception, *, below: str = "", event_type: str = "") -> InvalidEvent:
    """Return the InvalidEvent that says what a decoding error says, its field ``below`` a path."""
    text = str(error)
    path = ""
    at = _AT.search(text)
    if at:
        path = at["path"].removeprefix(".")
        text = text[: at.start()]
    missing = _MISSING.search(text)
    if missing:
        path = join(path, missing["field"])
    return InvalidEvent(text, field=join(below, path), event_type=event_type)


def join(path: str, step: str) -> str:
    """Return one dotted path of two, either of which may be empty."""
    if not path or not step:
        return path or step
    return f"{path}{step}" if step.startswith("[") else f"{path}.{step}"
