"""Identifiers for requests and actions."""

import os
import time
import uuid


def new_identifier() -> str:
    """Return a UUIDv7 (RFC 9562): sorts by time, is random otherwise."""
    milliseconds = time.time_ns() // 1_000_000
    rest = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80 | rest
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return str(uuid.UUID(int=value))
