"""What a person decided about events that are lost, left out or taken from elsewhere, kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import psycopg
from msgspec import Raw

from schemas import (
    Actor,
    Context,
    DecisionMade,
    Event,
    check_reason,
    dataschema_of,
    encode_payload,
    sequence_of,
)

from .identity import uuid7
from .sql import statement

_SOURCE: Final = "backstory.decisions"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision; ``history.decisions`` keeps it for ever, and an event tells of it.

    Attributes:
        kind: what was decided, in the past tense, as ``carried over``.
        actor: who.
        reason: why, in the actor's words. Without one the table refuses it; one over 10,000 bytes
            raises InvalidEvent.
        facts: of which events: topic, offsets, counts, first and last time.
    """

    kind: str
    actor: str
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decided:
    """A decision as it is kept; ``facts`` is its JSON."""

    number: int
    kind: str
    actor: str
    reason: str
    facts: str
    at: datetime


def keep_decision(connection: psycopg.Connection[Any], decision: Decision) -> int:
    """Add it in the caller's transaction, which should be the one that acts on it; its number."""
    reason = check_reason(decision.reason)
    facts = json.dumps(decision.facts, default=str)
    row = (decision.kind, decision.actor, reason, facts)
    ((number,),) = connection.execute(statement("keep_decision"), row).fetchall()
    return int(number)


def event_of(decided: Decided) -> Event:
    """What tells of a decision: the same event, under the same id, whenever it is made."""
    payload = DecisionMade(
        decision=decided.number, kind=decided.kind, facts=json.loads(decided.facts)
    )
    told = json.dumps([decided.number, decided.kind, decided.actor, decided.reason, decided.facts])
    return Event(
        id=uuid7(decided.at, int.from_bytes(sha256(told.encode()).digest())),
        type=payload.__event_type__,
        source=_SOURCE,
        time=decided.at.astimezone(UTC),
        subject=f"history.Decision/{decided.number}",
        sequence=sequence_of(decided.number),
        dataschema=dataschema_of(payload),
        context=Context(
            actor=Actor(username=decided.actor), reason=decided.reason, origin="command"
        ),
        data=Raw(encode_payload(payload)),
    )
