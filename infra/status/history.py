"""The history's side: how far consumers have come, and what they could not use."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import psycopg

from ..databases import statement
from .report import DeadLetters


@dataclass
class Stored:
    """What a consumer stored of a topic: next offset by partition, seconds since it moved."""

    offsets: dict[int, int] = field(default_factory=dict)
    moved_age_s: float | None = None


def stored_offsets(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], Stored]:
    """What is stored, by consumer and topic."""
    stored: dict[tuple[str, str], Stored] = defaultdict(Stored)
    rows = connection.execute(statement("stored_offsets"))
    for consumer, topic, partition, next_offset, age_s in rows:
        one = stored[consumer, topic]
        one.offsets[partition] = next_offset
        one.moved_age_s = age_s if one.moved_age_s is None else min(age_s, one.moved_age_s)
    return dict(stored)


def dead_letters(connection: psycopg.Connection[Any]) -> list[DeadLetters]:
    """The dead letters of each consumer that has any."""
    return [
        DeadLetters(consumer=consumer, count=count, last_at=last_at.isoformat(), last_reason=reason)
        for consumer, count, last_at, reason in connection.execute(statement("count_dead_letters"))
    ]
