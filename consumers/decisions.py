"""What a person decided about events that are lost, left out or taken from elsewhere, kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from schemas import check_reason

from .sql import statement


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision; ``history.decisions`` keeps it for ever.

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


def keep_decision(connection: psycopg.Connection[Any], decision: Decision) -> None:
    """Add it in the caller's transaction, which should be the one that acts on it."""
    reason = check_reason(decision.reason)
    facts = json.dumps(decision.facts, default=str)
    row = (decision.kind, decision.actor, reason, facts)
    connection.execute(statement("keep_decision"), row)
