"""The envelope as the relay writes it: what ``schemas.encode`` would write, made faster.

The context arrives encoded, because hundreds of events share one, and the payload is encoded in its
place instead of first by itself. A test holds it to ``schemas.Event``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw, UnsetType

from schemas import Payload


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """An event about to be encoded; the fields are those of ``schemas.Event``, in its order."""

    specversion: str
    id: str
    type: str
    source: str
    time: datetime
    subject: str | UnsetType
    sequence: str
    window: int | UnsetType
    dataschema: str
    context: Raw
    data: Payload | Raw


encode_envelope: Final = msgspec.json.Encoder().encode
