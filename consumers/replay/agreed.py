"""What a person agreed to, and the record of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..decisions import Decision, keep_decision
from .session import Connection
from .sql import statement


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What a person agreed to, and who that is.

    Attributes:
        carry_over: rows that only the live table has are copied into the fresh one.
        take_changed: where the values differ, the topic's are right.
        reason: why; needed for either, and kept with it.
    """

    actor: str
    reason: str = ""
    carry_over: bool = False
    take_changed: bool = False


def decide(connection: Connection, kind: str, agreed: Agreed, facts: Mapping[str, Any]) -> None:
    """Keep the decision in the transaction that acts on it, which then waits for the disk."""
    connection.execute(statement("commit_durably"))
    reason = agreed.reason or "the topic was replayed, nothing was lost or changed"
    decision = Decision(kind=kind, actor=agreed.actor, reason=reason, facts=facts)
    keep_decision(connection, decision)
