"""Identifiers for requests and actions."""

import os
import time


def new_identifier() -> str:
    """Return a UUIDv7 (RFC 9562): sorts by time, is random otherwise."""
    at = f"{time.time_ns() // 1_000_000:012x}"
    rest = os.urandom(10)
    chance = rest.hex()
    variant = "89ab"[rest[9] & 3]
    return f"{at[:8]}-{at[8:]}-7{chance[:3]}-{variant}{chance[3:6]}-{chance[6:18]}"
