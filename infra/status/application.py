"""The application's side: the outbox and its relay."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from producer import waiting

from ..databases import one_row, statement
from .report import OutboxState


def outbox_state(connection: psycopg.Connection[Any], schema: str) -> OutboxState:
    """Ask the outbox in ``schema``; psycopg's UndefinedTable is raised if there is none."""
    found = waiting(connection, schema)
    rate = statement("relay_rate").format(schema=sql.Identifier(schema))
    now, events_per_s = one_row(connection, rate)
    return OutboxState(
        rows=found.rows,
        oldest_age_s=_age_s(now, found.oldest_at),
        bytes=found.bytes,
        set_aside=found.set_aside,
        relay=found.holder,
        heartbeat_age_s=_age_s(now, found.heartbeat),
        relay_events_per_s=round(events_per_s, 1),
    )


def _age_s(now: datetime, moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())
