"""The fresh table becomes the live one, in one short transaction; the live one is kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from psycopg import sql

from ..errors import ConsumeError, SinkUnavailable
from .agreed import Agreed, decide
from .comparing import Comparison, reached, tables
from .errors import SwapBlocked, SwapRefused
from .loading import Loading
from .session import Connection, Session
from .sql import statement

logger = logging.getLogger("backstory.replay")

_ATTEMPTS: Final = 40
_LAST_BIT: Final = 5_000
"""So many events at most are left to read while writers wait."""
_WITHIN_S: Final = 3.0
"""Writers wait no longer; their own limit is 5 s."""


def refusals(comparison: Comparison, agreed: Agreed) -> list[str]:
    """Why the tables must not be swapped now: what would be lost or changed unasked."""
    reasons = []
    if (missing := comparison.count("missing")) and not agreed.carry_over:
        reasons.append(
            f"{missing} events are only in the live history, {_between(comparison, 'missing')} "
            "(the topic has them no more, or the replay left them out): --carry-over copies them"
        )
    if (changed := comparison.count("changed")) and not agreed.take_changed:
        reasons.append(
            f"{changed} events have other values in the topic, {_between(comparison, 'changed')}: "
            "--take-changed makes the topic's the history"
        )
    if (missing or changed) and not reasons and not agreed.reason:
        reasons.append("say why with --reason: it is kept with the decision")
    return reasons


def carry_over(session: Session, comparison: Comparison, agreed: Agreed) -> int:
    """Copy what only the live table has, with the decision, in one transaction; how many rows."""
    carried = 0
    with session.transaction() as connection:
        where = reached(connection)
        for month in comparison.months:
            if any(difference.kind == "missing" for difference in month.differences):
                query = sql.SQL(statement("carry_over")).format(**tables(month.name))
                carried += connection.execute(query, where).rowcount
        between = comparison.between("missing")
        facts = {"topic": where["topic"], "rows": carried, "between": between}
        decide(connection, "carried over", agreed, facts)
    return carried


def swap(
    session: Session,
    loading: Loading,
    comparison: Comparison,
    agreed: Agreed,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Catch up, and swap; returns the schema that holds the former live table.

    Raises SwapRefused, or SwapBlocked when no attempt found the tables free.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        if not loading.catch_up():
            raise SwapRefused(["it was stopped before"])
        try:
            with session.transaction() as connection:
                return _swap_in(connection, loading, comparison, agreed)
        except ConsumeError as error:
            if not error.retryable:
                raise
            logger.info("not swapped yet: %s", error, extra={"attempt": attempt})
        sleep(min(2.0, 0.1 * attempt))
    raise SwapBlocked(_ATTEMPTS)


def _swap_in(
    connection: Connection, loading: Loading, comparison: Comparison, agreed: Agreed
) -> str:
    connection.execute(statement("limit_lock_wait"))
    connection.execute(statement("make_partitions"))
    connection.execute(statement("make_guards"))
    if obstacles := [row[0] for row in connection.execute(statement("obstacles_found"))]:
        raise SwapRefused([f"{', '.join(obstacles)} would go on using the old table"])
    connection.execute(statement("hold_writers"))
    if (left := loading.left()) > _LAST_BIT:
        raise SinkUnavailable("replay", f"{left} more events came meanwhile")
    loading.finish(_WITHIN_S)
    retried = connection.execute(statement("count_retried")).fetchone()
    if retried != (comparison.retried,):
        raise SwapRefused(["a dead letter was retried since the comparison: run it again"])
    connection.execute(statement("make_rights"))
    swapped = connection.execute(statement("make_swap")).fetchone()
    old = str(swapped[0]) if swapped else ""
    facts = {"old": old, "rows": comparison.rows, "hash": comparison.hash}
    decide(connection, "swapped", agreed, {**facts, "changed": comparison.count("changed")})
    connection.execute(statement("drop_replay"))
    return old


def _between(comparison: Comparison, kind: str) -> str:
    between = comparison.between(kind)
    return f"from {between[0]:%Y-%m-%d %H:%M} to {between[1]:%Y-%m-%d %H:%M}" if between else ""
