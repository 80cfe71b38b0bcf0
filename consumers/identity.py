"""Ids of the events that this package makes itself."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

_FREE: Final = ~(0xF << 76 | 0b11 << 62) & (1 << 80) - 1
"""The bits of a UUIDv7 that are neither time, version nor variant."""


def uuid7(at: datetime, rest: int) -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7) of a moment; the lower 80 bits of ``rest`` tell it apart."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | rest & _FREE | 7 << 76 | 2 << 62)
