"""What a person does about a dead letter: have it tried again, or let it be."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from msgspec import Raw

from schemas import (
    Actor,
    Context,
    DeadLetterDropped,
    DeadLetterRetried,
    Event,
    check_reason,
    dataschema_of,
    encode,
    encode_payload,
    sequence_of,
)

from ..clock import now_utc
from ..consumer import Consumer
from ..errors import AlreadySettled, StillRejected
from ..identity import uuid7
from ..ports import Sink
from ..records import Act, Batch, DeadLetter, Record, any_letters
from .letters import StoredLetter


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who acts, and why: at most 10,000 bytes, else acting raises InvalidEvent."""

    name: str
    reason: str = ""


def retry_letter(
    letter: StoredLetter,
    consumer: Consumer,
    person: Person,
    *,
    now: Callable[[], datetime] = now_utc,
) -> None:
    """Send a letter's record through its consumer: decode, accept, keep; and settle the letter.

    Both or neither: the act is in the transaction of what the sink keeps. No offset moves.
    Raises StillRejected, AlreadySettled, SinkUnavailable or SinkRefused; then nothing was done.
    """

    def allow(letters: Sequence[DeadLetter]) -> None:
        if letters:
            raise StillRejected(letter.id, letters[0].reason)

    events, rejected = consumer.sift([letter.record])
    act = _act(letter, "retried", person, now())
    consumer.sink.write(_batch(letter, act, events=events, rejected=rejected, allow=allow))


def drop_letter(
    letter: StoredLetter, sink: Sink, person: Person, *, now: Callable[[], datetime] = now_utc
) -> None:
    """Settle a letter without doing anything with its record; it stays where it is.

    Raises AlreadySettled, SinkUnavailable or SinkRefused; then nothing was done.
    """
    sink.write(_batch(letter, _act(letter, "dropped", person, now())))


def _batch(
    letter: StoredLetter,
    act: Act,
    *,
    events: Sequence[tuple[Record, Event]] = (),
    rejected: Sequence[DeadLetter] = (),
    allow: Callable[[Sequence[DeadLetter]], None] = any_letters,
) -> Batch:
    if letter.settled:
        raise AlreadySettled(letter.id)
    return Batch(
        consumer=letter.consumer,
        topic=letter.topic,
        topic_id=letter.topic_id,
        events=events,
        rejected=rejected,
        moves={},
        allow=allow,
        acts=[act],
    )


def _act(letter: StoredLetter, kind: str, person: Person, at: datetime) -> Act:
    person = replace(person, reason=check_reason(person.reason))
    event = encode(_event(letter, _PAYLOADS[kind], person, at))
    return Act(letter.id, kind, person.name, person.reason, event)


def _event(
    letter: StoredLetter,
    payload_type: type[DeadLetterRetried | DeadLetterDropped],
    person: Person,
    at: datetime,
) -> Event:
    """What tells of an act; a letter has one at most, so its number is the place in the order."""
    payload = payload_type(
        letter=letter.id,
        consumer=letter.consumer,
        topic=letter.topic,
        partition=letter.record.partition,
        offset=letter.record.offset,
        rejected=letter.reason,
    )
    return Event(
        id=uuid7(at, secrets.randbits(80)),
        type=payload.__event_type__,
        source=f"backstory.{letter.consumer}",
        time=at,
        subject=f"history.DeadLetter/{letter.id}",
        sequence=sequence_of(letter.id),
        dataschema=dataschema_of(payload),
        context=Context(actor=Actor(username=person.name), reason=person.reason, origin="command"),
        data=Raw(encode_payload(payload)),
    )


_PAYLOADS: Final[dict[str, type[DeadLetterRetried | DeadLetterDropped]]] = {
    "retried": DeadLetterRetried,
    "dropped": DeadLetterDropped,
}
