"""The schemas of the history database, made and kept up to date."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import psycopg
from psycopg import errors

from .analytics.sql import SCHEMA as ANALYTICS
from .clock import today_utc
from .errors import SinkRefused, SinkUnavailable
from .history.failures import translated
from .notify.sql import SCHEMA as NOTIFY
from .rebuild.sql import SCHEMA as REBUILD
from .sql import SCHEMA as HISTORY
from .sql import statement
from .verify.sql import SCHEMA as VERIFY

_ATTEMPTS: Final = 20


def migrate(
    url: str,
    *,
    months_ahead: int = 24,
    today: Callable[[], date] = today_utc,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Create what is missing of the schemas ``history``, ``notify`` and ``analytics``.

    It is safe to run again, and by several at once. Writers go on meanwhile: locks are asked for
    with a time limit, and again. Returns the months that could not be made because the default
    partition holds rows of them.
    Raises SinkUnavailable (no answer) or SinkRefused (the user may not do this).
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with psycopg.connect(url, application_name="backstory.migrate") as connection:
                return _migrate_in(connection, today(), months_ahead)
        except errors.LockNotAvailable as error:
            if attempt == _ATTEMPTS:
                raise SinkUnavailable(
                    "history", f"no lock in {attempt} attempts: {error}"
                ) from error
            sleep(0.1 * attempt)
        except psycopg.Error as error:
            raise _refusal(error) from error
    raise AssertionError("unreachable")


def _migrate_in(connection: psycopg.Connection[Any], today: date, months_ahead: int) -> list[str]:
    connection.execute(statement("lock_migration"))
    connection.execute(statement("limit_lock_wait"))
    for definition in (*HISTORY, *NOTIFY, *ANALYTICS, *REBUILD, *VERIFY):
        connection.execute(definition)
    made = connection.execute(statement("make_months"), (today, months_ahead)).fetchone()
    return list(made[0]) if made else []


def _refusal(error: psycopg.Error) -> Exception:
    ours = translated("history", error)
    if isinstance(ours, SinkRefused) and error.sqlstate == "42501":
        return SinkRefused(
            "history",
            str(error).strip(),
            "migrate as a user who owns the database and may create roles, or let an administrator "
            "CREATE ROLE backstory_writer NOLOGIN and GRANT it to that user",
        )
    return ours
