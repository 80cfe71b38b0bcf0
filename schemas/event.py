"""The envelope: CloudEvents 1.0 in structured mode, one JSON object an event.

Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from .context import Context
from .errors import InvalidEvent
from .payload import Payload
from .reading import payload_of

CONTENT_TYPE: Final = "application/cloudevents+json"

_MAX_SEQ: Final = 2**63 - 1
_MAX_POSITION: Final = 10**6 - 1
_MAX_INTEGER: Final = 2**31 - 1  # of a CloudEvents attribute


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened.

    Attributes:
        id: unique for ever; the same fact published again has the same id.
        type: what happened, such as ``model.updated``.
        source: the application that says so.
        time: when it happened, in UTC with microseconds. For order use ``sequence``, never this.
        subject: what it happened to, as ``app.Model/key``; UNSET when there is no such thing.
        sequence: place in the order of its source, sortable as text; see ``split_sequence``.
        window: number of the ledger window that counts it, as its ``relay.window`` says; the same
            when it is published again. UNSET for what the ledger does not count.
        dataschema: type and version of the payload, such as ``backstory:model.updated/1``.
        context: who, from where, in the course of what, and why.
        data: the payload as the bytes it was made of; see ``payload``.
    """

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    type: str
    source: str
    time: Annotated[datetime, Meta(tz=True)]
    subject: str | UnsetType = UNSET
    sequence: str
    window: Annotated[int, Meta(ge=1, le=_MAX_INTEGER)] | UnsetType = UNSET
    dataschema: str
    context: Context
    data: Raw

    @property
    def version(self) -> int:
        """Version of the payload; raise InvalidEvent when ``dataschema`` does not say it."""
        _, _, digits = self.dataschema.rpartition("/")
        if not (digits.isascii() and digits.isdigit()):
            raise InvalidEvent(
                f"{self.dataschema!r} has no version: expected 'backstory:TYPE/VERSION'",
                field="dataschema",
            )
        return int(digits)

    def payload(self) -> Payload:
        """Return the payload in the newest version of its type, older ones upcast.

        Raises:
            UnknownEventType: the type, or this version of it, is not declared; read ``data``.
            InvalidEvent: the data does not fit its type; the field is named.
        """
        return payload_of(self.type, self.version, self.data)


def dataschema_of(payload: Payload | type[Payload]) -> str:
    """Return what an event with such a payload says as its ``dataschema``."""
    return f"backstory:{payload.__event_type__}/{payload.__event_version__}"


def sequence_of(seq: int, position: int = 0) -> str:
    """Return the place in a source's order as text that sorts like the pair of numbers.

    Raises:
        InvalidEvent: one of them is negative or too large (a bigint, and 6 digits).
    """
    if not (0 <= seq <= _MAX_SEQ and 0 <= position <= _MAX_POSITION):
        raise InvalidEvent(
            f"({seq!r}, {position!r}) is out of range: a bigint and up to 999999, not negative",
            field="sequence",
        )
    return f"{seq:019d}.{position:06d}"


def split_sequence(text: str) -> tuple[int, int]:
    """Return the pair of numbers a sequence was made of; raise InvalidEvent when it is none."""
    seq, _, position = text.partition(".")
    if not (len(seq) == 19 and len(position) == 6 and f"{seq}{position}".isdecimal()):
        raise InvalidEvent(
            f"{text!r} is no sequence: expected 19 digits, a dot and 6 digits", field="sequence"
        )
    return int(seq), int(position)
