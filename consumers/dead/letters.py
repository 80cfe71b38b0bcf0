"""Dead letters as they are kept in the history, found by what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg

from ..history.failures import translated
from ..records import Record
from ..sql import statement

_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What somebody did about a letter.

    Attributes:
        kind: ``retried`` or ``dropped``.
        published: whether Kafka has the event that tells of it.
    """

    kind: str
    actor: str
    reason: str
    acted_at: datetime
    published: bool


@dataclass(frozen=True, kw_only=True)
class StoredLetter:
    """One dead letter: the record byte for byte, and why it was rejected."""

    id: int
    consumer: str
    topic: str
    topic_id: str
    record: Record
    reason: str
    recorded_at: datetime
    settled: Settled | None

    @property
    def event_type(self) -> str:
        """What its event says it is, if as much can be read; else empty."""
        try:
            return _type_only.decode(self.record.value or b"").type
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which letters: those that fit all of it; None fits any.

    Attributes:
        ids: their numbers; empty fits any.
        reason: part of why they were rejected, in any case of letters.
        event_type: what their events say they are.
        since: recorded at that moment or later.
        until: recorded before that moment.
        settled: with those that somebody has retried or dropped.
    """

    ids: Sequence[int] = ()
    consumer: str | None = None
    reason: str | None = None
    event_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    settled: bool = False


def find_letters(url: str, wanted: Wanted) -> Iterator[StoredLetter]:
    """Find letters, the oldest first; raises SinkUnavailable or SinkRefused."""
    filters = {
        "ids": list(wanted.ids) or None,
        "consumer": wanted.consumer,
        "reason": wanted.reason,
        "since": wanted.since,
        "until": wanted.until,
        "settled": wanted.settled,
    }
    try:
        with psycopg.connect(url, application_name="backstory.dead") as connection:
            after = 0
            while page := _page(connection, {**filters, "after": after, "count": _PAGE}):
                after = page[-1].id
                for letter in page:
                    if wanted.event_type in (None, letter.event_type):
                        yield letter
    except psycopg.Error as error:
        raise translated("history", error) from error


def _page(connection: psycopg.Connection[Any], filters: dict[str, Any]) -> list[StoredLetter]:
    return [_letter(*row) for row in connection.execute(statement("find_dead_letters"), filters)]


def _letter(
    number: int,
    consumer: str,
    topic: str,
    topic_id: str,
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    headers: list[tuple[str, str]],
    reason: str,
    recorded_at: datetime,
    *act: Any,
) -> StoredLetter:
    read = [(name, bytes.fromhex(text)) for name, text in headers]
    kind, actor, why, acted_at, published = act
    settled = Settled(kind=kind, actor=actor, reason=why, acted_at=acted_at, published=published)
    return StoredLetter(
        id=number,
        consumer=consumer,
        topic=topic,
        topic_id=topic_id,
        record=Record(partition, offset, key, value, lambda: read),
        reason=reason,
        recorded_at=recorded_at,
        settled=settled if kind else None,
    )


class _TypeOnly(msgspec.Struct):
    type: str = ""


_type_only: Final = msgspec.json.Decoder(_TypeOnly)
