"""Names that last: ids of events, subjects of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from struct import Struct
from typing import Final
from urllib.parse import quote, unquote

MAX_KEY_BYTES: Final = 500

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HASHED: Final = re.compile(r"hash:[0-9a-f]{32}")
_PLACE: Final = Struct(">qqq")
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class EventIds:
    """Makes the ids of a source's events: shaped like UUIDv7 (RFC 9562), and deterministic.

    The time bits are the row's; the rest hashes source, transaction, time, number and position.
    """

    def __init__(self, source: str) -> None:
        self._source = source.encode() + b"\0"

    def begin(self, xid: int, at: datetime, seq: int) -> tuple[str, bytes]:
        """Return what the ids of all events of an outbox row share, for ``event_id``."""
        passed = at - _EPOCH
        microseconds = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
        time = f"{microseconds // 1000:012x}"
        prefix = self._source + _PLACE.pack(xid, microseconds, seq)
        return f"{time[:8]}-{time[8:]}-7", prefix


def event_id(begun: tuple[str, bytes], position: int, salt: bytes = b"") -> str:
    """Return the id of an event; ``salt`` tells apart what shares a position."""
    time, prefix = begun
    rest = blake2b(prefix + position.to_bytes(4, "big") + salt, digest_size=10).hexdigest()
    return f"{time}{rest[:3]}-{_VARIANT[rest[3]]}{rest[4:7]}-{rest[7:19]}"


def subject_of(label: str, key: Sequence[str]) -> str:
    """Return ``app.Model/key``, the identity of a row.

    Parts of a composite key are percent-encoded and joined by commas, in the order of the model's
    key. A key over 500 bytes is replaced by its hash, so that it fits an index.
    """
    text = key[0] if len(key) == 1 else ",".join(quote(part, safe="") for part in key)
    if len(text) * 4 > MAX_KEY_BYTES and len(text.encode()) > MAX_KEY_BYTES:
        text = "hash:" + blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{label}/{text}"


def hashed(source: str, part: str) -> str:
    """Return what stands for a personal or secret key: equal for equal keys of the same source."""
    salt = blake2b(source.encode(), digest_size=32).digest()
    return "hash:" + blake2b(part.encode(), digest_size=16, key=salt).hexdigest()


def hidden_subject(source: str, subject: str, parts: int) -> str:
    """Return a subject whose key, of so many parts, is held back: each is hashed, once."""
    label, _, key = subject.partition("/")
    if _HASHED.fullmatch(key):
        return subject
    keys = [key] if parts == 1 else list(map(unquote, key.split(",")))
    return subject_of(label, [hashed(source, part) for part in keys])
