"""Computes windows from the history: those that no worker has seen as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg

from ..history.failures import translated
from ..sql import statement as history_statement
from .facts import Facts
from .measures import Funnel, Funnels
from .settings import AnalyticsSettings
from .sql import statement
from .windows import DAY, FIVE_MINUTES

Connection = psycopg.Connection[Any]

_COMPUTED: Final = ("compute_counts", "compute_people", "compute_latencies")
_AT_ONCE: Final = 500
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ALWAYS: Final = datetime(9999, 1, 1, tzinfo=UTC)


def reconcile(
    connection: Connection,
    *,
    funnels: tuple[Funnel, ...] = (),
    lateness_s: int,
    history: str = "history",
) -> tuple[int, int]:
    """Compute each touched window from the history; how many, and how many of them are final.

    A window is final when no event is waited for and the history (its consumer's name is
    ``history``) holds all that was counted; any other is computed again next time.
    """
    named = {"lateness_s": lateness_s, "history": history, "limit": _AT_ONCE}
    windows = connection.execute(statement("touched"), named).fetchall()
    final = 0
    for start, length_s, is_final in windows:
        with connection.transaction():
            compute(connection, start, length_s, funnels)
            if is_final:
                connection.execute(statement("finish_window"), _window(start, length_s))
                final += 1
    return len(windows), final


def touch(
    connection: Connection, since: datetime, until: datetime, *, funnels: tuple[Funnel, ...] = ()
) -> int:
    """Have every window that begins in a range computed: the known ones, and those with events.

    Returns how many there are that nobody counts in just now.
    """
    named = {"since": since, "until": until, "days": bool(funnels)}
    return connection.execute(statement("touch_range"), named).rowcount


def recompute(
    settings: AnalyticsSettings,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    dry_run: bool = False,
) -> int:
    """Compute the windows that begin in a range from the history; how many there are.

    Those too that no worker ever saw: of events from before there was one, or that had left the
    topic when it began. The last ones, which may still change, are left to the worker.
    Raises SinkUnavailable or SinkRefused.
    """
    since, until = since or _EVER, until or _ALWAYS
    try:
        with psycopg.connect(
            settings.history_url, autocommit=True, application_name="backstory.analytics"
        ) as connection:
            connection.execute(history_statement("open_session"))
            with connection.transaction(force_rollback=dry_run):
                count = touch(connection, since, until, funnels=settings.funnels)
            final = 0 if dry_run else 1
            while final:
                _, final = reconcile(
                    connection,
                    funnels=settings.funnels,
                    lateness_s=settings.lateness_s,
                    history=settings.consumer,
                )
    except psycopg.Error as error:
        raise translated("analytics", error) from error
    return count


def compute(
    connection: Connection, start: datetime, length_s: int, funnels: Iterable[Funnel]
) -> None:
    """Replace what a window holds by what the history says."""
    named = _window(start, length_s)
    connection.execute(statement("forget_values"), named)
    if length_s == DAY.length_s:
        _compute_funnels(connection, named, tuple(funnels))
        return
    computed = _COMPUTED[1:] if length_s == FIVE_MINUTES.length_s else _COMPUTED
    for name in computed:
        connection.execute(statement(name), named)


def _compute_funnels(
    connection: Connection, named: dict[str, Any], funnels: tuple[Funnel, ...]
) -> None:
    actions = sorted({action for funnel in funnels for action in funnel.actions})
    rows = connection.execute(statement("funnel_actions"), {**named, "actions": actions})
    measure = Funnels(funnels)
    for event_id, person, action, time, source, sequence in rows:
        measure.add(
            Facts(
                id=event_id,
                type="action.performed",
                time_us=int(time.timestamp() * 1_000_000),
                order=(source, sequence),
                model="",
                entity="",
                person=person,
                action=action,
            )
        )
    seconds = int(named["start"].timestamp())
    with connection.cursor() as cursor:
        cursor.executemany(
            statement("keep_value"),
            [(seconds, named["length_s"], *value) for value in measure.values()],
        )


def _window(start: datetime, length_s: int) -> dict[str, Any]:
    return {"start": start, "length_s": length_s, "end": start + timedelta(seconds=length_s)}
