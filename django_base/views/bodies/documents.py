"""JSON as clients send it: read once, and refused where it says one thing twice."""

import json
from typing import Any

from ..reading import Sent, Undeclared


def read_json(sent: Sent, body: bytes) -> Any:
    """Return what a body says; the values of its own names are noted.

    Raises:
        Undeclared: it is no JSON, nested deeper than Python reads, or has a name twice with
            different values.
    """
    try:
        found = json.loads(body, object_pairs_hook=_only_once)
    except (ValueError, RecursionError):
        raise Undeclared("a body that is no JSON") from None
    for name, value in found.items() if isinstance(found, dict) else ():
        if isinstance(value, str | int):
            sent.once(name, value)
    return found


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise Undeclared(name)
    return found
