"""Deliveries on their way: claimed before a provider is asked, settled when it has answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import psycopg

from .channels import Parcel
from .sql import statement

Connection = psycopg.Connection[Any]

FLOOD: Final = 5
"""More messages than this waiting for one target go out as digests."""
_DIGEST_LIMIT: Final = 10_000
_TITLES: Final = 20
_URGENT: Final = 3


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One attempt that only we may make.

    Attributes:
        number: of the attempt, counted from 1.
        failures: attempts for this target that have failed in a row before this one.
        companions: how many other deliveries go out in the same digest.
        titles: theirs, the first twenty.
    """

    parcel: Parcel
    channel: str
    rule: str
    number: int
    failures: int = 0
    companions: int = 0
    titles: Sequence[str] = ()


def claim(
    connection: Connection, delivery: UUID, *, worker: str, gap: timedelta, limit: timedelta
) -> Claim | None:
    """Claim a delivery and what goes out with it, for at most ``limit``.

    Returns None when there is nothing to do: it is sent, claimed, not due, or its target not free.
    """
    with connection.transaction() as transaction:
        reserved = connection.execute(
            statement("reserve_pace"), {"gap": gap, "id": delivery}
        ).fetchone()
        if reserved is None:
            return None
        taken = connection.execute(
            statement("take"), {"id": delivery, "worker": worker, "limit": limit}
        ).fetchone()
        if taken is None:
            raise psycopg.Rollback(transaction)
        channel, target, rule, priority, group, title, content, number, event_time = taken
        companions, titles = 0, list[str]()
        if priority < _URGENT:
            companions, titles = _companions(
                connection, delivery, channel, target, group, worker, limit
            )
        connection.execute(statement("begin_attempt"), {"id": delivery, "number": number})
        parcel = Parcel(
            id=delivery, target=target, title=title, content=content, event_time=event_time
        )
        return Claim(
            parcel=parcel,
            channel=channel,
            rule=rule,
            number=number,
            failures=reserved[0],
            companions=companions,
            titles=titles,
        )
    return None


def _companions(
    connection: Connection,
    lead: UUID,
    channel: str,
    target: str,
    group: str | None,
    worker: str,
    limit: timedelta,
) -> tuple[int, list[str]]:
    row = connection.execute(
        statement("take_companions"),
        {
            "lead": lead,
            "channel": channel,
            "target": target,
            "group": group,
            "worker": worker,
            "claim": limit,
            "flood": FLOOD,
            "limit": _DIGEST_LIMIT,
            "titles": _TITLES - 1,
        },
    ).fetchone()
    assert row is not None  # aggregates have a row
    return row[0], row[1]


def settle(
    connection: Connection,
    claimed: Claim,
    *,
    state: str,
    outcome: str,
    detail: str = "",
    provider_id: str = "",
    pause: timedelta = timedelta(),
    hold: timedelta | None = None,
) -> None:
    """Note an attempt's end and the state that follows, for the companions too.

    ``pause`` is how long a waiting delivery waits; ``hold`` how long its whole target does.
    """
    named: Mapping[str, Any] = {
        "id": claimed.parcel.id,
        "number": claimed.number,
        "state": state,
        "outcome": outcome,
        "detail": detail or None,
        "provider_id": provider_id or None,
        "pause": pause,
    }
    with connection.transaction():
        connection.execute(statement("end_attempt"), named)
        connection.execute(statement("settle"), named)
        if state == "refused":
            reason = f"{claimed.channel} refused what rule {claimed.rule!r} says: {detail}"
            connection.execute(statement("keep_refusal"), {**named, "reason": reason})
        where = {"channel": claimed.channel, "target": claimed.parcel.target}
        if hold is None:
            connection.execute(statement("free_target"), where)
        else:
            connection.execute(statement("hold_target"), {**where, "pause": hold})


def due(
    connection: Connection, channels: Sequence[str], *, patience: timedelta, limit: int = 1000
) -> list[UUID]:
    """Return what is to be sent now, at most one a target; not again within ``patience``."""
    rows = connection.execute(
        statement("due"), {"channels": list(channels), "patience": patience, "limit": limit}
    )
    return [row[0] for row in rows]


def release_claims(connection: Connection, channel: str, *, state: str) -> list[UUID]:
    """Give deliveries whose worker is gone this state: ``waiting`` or ``uncertain``."""
    rows = connection.execute(statement("release_claims"), {"channel": channel, "state": state})
    return [row[0] for row in rows]


def expire(connection: Connection) -> int:
    """Give up what could not be sent in time; returns how many."""
    return connection.execute(statement("expire")).rowcount
