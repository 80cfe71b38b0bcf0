"""Makes the database tell of every change: tables, functions, triggers, what the relay knows."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable

from producer import bind_source, create_tables
from schemas import EventError

from ..databases import is_captured, quoted, schema_of, source_of, statement_for
from ..deletion.fields import VOID
from ..settings import backstory_settings
from ..statements import statement
from .description import Found, announce, describe, retire_others
from .functions import Function
from .registry import captured_on
from .tables import Table, Trigger
from .wanted import wanted_on

_log = logging.getLogger("backstory.install")


class TablesBusy(EventError):  # noqa: N818
    """Triggers could not be put on some tables, whose writers never let go of them for a moment.

    Attributes:
        tables: schema and name of each.
    """

    retryable = True

    def __init__(self, tables: Sequence[str]) -> None:
        self.tables = tuple(tables)
        super().__init__(
            f"tables {', '.join(tables)} were in use all the time: end long transactions on them, "
            "raise BACKSTORY['lock_timeout_s'], or run manage.py backstory_install at a quiet time"
        )


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What a run found and did.

    Attributes:
        tables: how many tables and partitions are captured.
        changed: those whose triggers were put on or mended, or taken off.
        missing: labels of captured models whose table does not exist yet.
    """

    tables: int
    changed: tuple[str, ...]
    missing: tuple[str, ...]


def install(alias: str, *, sleep: Callable[[float], None] = time.sleep) -> Installed:
    """Put capture on a database, or mend it; a run that finds all as it should be takes no lock.

    Raises:
        TablesBusy: a table was never free within the configured attempts; the others are done.
    """
    connection = connections[alias]
    connection.ensure_connection()
    _create_tables(connection, sleep)
    _bind(connection)
    wanted = wanted_on(alias)
    _install_functions(connection, wanted.functions)
    tables = [table for table in wanted.tables if table.has_triggers]
    captured = [table for table in tables if table.name in wanted.captured]
    there = {
        wanted.captured[each.name].label: Found(wanted.triggers(each), frozenset(each.columns))
        for each in captured
        if not each.partition
    }
    describe(connection, wanted.captured.values(), there)
    changes = [(table, wanted.triggers(table)) for table in tables]
    changes = [(table, triggers) for table, triggers in changes if table.triggers != triggers]
    _change_all(connection, changes, sleep)
    _drop_unused_functions(connection)
    retire_others(connection, wanted.captured.values())
    return Installed(
        tables=len(captured),
        changed=tuple(table.path for table, _ in changes),
        missing=tuple(
            each.label for name, each in wanted.captured.items() if name not in wanted.roots
        ),
    )


def announce_before_migrate(*, using: str, plan: Any = (), **_: Any) -> None:
    """Tell the relay of new columns before ``migrate`` adds them; on PostgreSQL only.

    What looks at foreign keys is taken off the tables of apps that migrate, until it is done: it
    names columns and tables that may get other names, or go, and writes must not fail meanwhile.
    So is what looks at the flag, where a migration is about that: the column could not go.
    """
    if is_captured(using):
        connection = connections[using]
        connection.ensure_connection()
        _create_tables(connection, time.sleep)
        announce(connection, captured_on(using))
        apps = {migration.app_label for migration, _ in plan}
        wanted = wanted_on(using) if apps else None
        if wanted is not None:
            tables = [table for table in wanted.tables if apps & wanted.apps_of(table)]
            also = "backstory_guard_update" if _is_about_flag(plan) else ""
            plain = {
                t: frozenset(g for g in t.triggers if g.purpose != "live" and g.name != also)
                for t in tables
            }
            changes = [(t, kept) for t, kept in plain.items() if kept != t.triggers]
            _change_all(connection, changes, time.sleep)


def _is_about_flag(plan: Any) -> bool:
    """Return whether a migration adds, renames or removes a flag, forwards or backwards."""
    names = ("name", "old_name", "new_name")
    return any(
        VOID in [getattr(each, name, None) for name in names]
        for migration, _ in plan
        for each in getattr(migration, "operations", ())
    )


def install_after_migrate(*, using: str, plan: Any = (), **_: Any) -> None:
    """Install after ``migrate``; does nothing on a database that is not PostgreSQL."""
    if is_captured(using):
        done = install(using)
        if done.changed:
            _log.info("capture put on", extra={"database": using, "tables": len(done.changed)})


def _bind(connection: BaseDatabaseWrapper) -> None:
    """Give the database its source name; believe the application's own user and those listed."""
    settings = backstory_settings()
    user = connection.connection.info.user
    roles = sorted({user, *settings.believed_roles})
    bind_source(connection.connection, source_of(connection.alias), roles, schema_of(connection))


def outdated_functions(
    connection: BaseDatabaseWrapper, wanted: Sequence[Function]
) -> list[Function]:
    """Return what is missing of our functions, or is not as here."""
    with connection.cursor() as cursor:
        cursor.execute(statement("survey_functions"), [schema_of(connection)])
        found = {row[0]: row for row in cursor.fetchall()}
    return [
        each for each in wanted if each.name not in found or not each.is_as_found(found[each.name])
    ]


def _install_functions(connection: BaseDatabaseWrapper, wanted: Sequence[Function]) -> None:
    if not outdated_functions(connection, wanted) and _remembered(connection, wanted):
        return
    schema = quoted(schema_of(connection))
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(statement("lock_installation"))
        for each in outdated_functions(connection, wanted):
            cursor.execute(each.sql)
            if each.is_of_one_table:
                cursor.execute(f"REVOKE ALL ON FUNCTION {schema}.{each.name}() FROM PUBLIC")
        cursor.execute(statement_for(connection, "revoke_functions"))
        names = [each.name for each in wanted]
        cursor.execute(statement_for(connection, "forget_functions", with_params=True), [names])
        cursor.executemany(
            statement_for(connection, "remember_function", with_params=True),
            [each.remembered for each in wanted],
        )


def _remembered(connection: BaseDatabaseWrapper, wanted: Sequence[Function]) -> bool:
    """Return whether the doctor knows the functions as they are here."""
    with connection.cursor() as cursor:
        cursor.execute(statement_for(connection, "remembered_functions"))
        found = {row[0]: row for row in cursor.fetchall()}
    return all(found.get(each.name) == each.remembered for each in wanted)


def _drop_unused_functions(connection: BaseDatabaseWrapper) -> None:
    """Drop the functions that were made for one table and that no trigger calls any more."""
    schema = schema_of(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement("unused_functions"), [schema])
        unused = [name for (name,) in cursor.fetchall()]
        if unused:
            for name in unused:
                cursor.execute(f"DROP FUNCTION IF EXISTS {quoted(schema)}.{quoted(name)}()")
            cursor.execute(
                statement_for(connection, "forget_functions", with_params=True), [unused]
            )


def _create_tables(connection: BaseDatabaseWrapper, sleep: Callable[[float], None]) -> None:
    """Make the relay's tables, or bring them up to date when their writers leave room for it."""
    settings = backstory_settings()
    for attempt in range(1, settings.lock_attempts + 1):
        try:
            create_tables(connection.connection, schema_of(connection))
            return
        except LockNotAvailable as error:
            if attempt == settings.lock_attempts:
                raise TablesBusy(["backstory_*"]) from error
            sleep(_pause_s(attempt))


def _change_all(
    connection: BaseDatabaseWrapper,
    changes: Sequence[tuple[Table, frozenset[Trigger]]],
    sleep: Callable[[float], None],
) -> None:
    """Change each table in a short transaction of its own; come back to those that are busy."""
    waiting = list(changes)
    for attempt in range(backstory_settings().lock_attempts):
        waiting = [each for each in waiting if not _change(connection, *each)]
        if not waiting:
            return
        sleep(_pause_s(attempt))
    raise TablesBusy([table.path for table, _ in waiting])


def _change(connection: BaseDatabaseWrapper, table: Table, wanted: frozenset[Trigger]) -> bool:
    """Return whether the table's triggers are now as wanted; False when it was in use."""
    timeout = f"{round(backstory_settings().lock_timeout_s * 1000)}ms"
    kept = {trigger.name for trigger in wanted}
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(statement("set_lock_timeout"), [timeout])
            for name in sorted({trigger.name for trigger in table.triggers} - kept):
                cursor.execute(f"DROP TRIGGER IF EXISTS {quoted(name)} ON {table.path}")
            for trigger in sorted(wanted - table.triggers, key=lambda each: each.name):
                cursor.execute(trigger.create(table.path))
                cursor.execute(trigger.enable(table.path))
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


def _pause_s(attempt: int) -> float:
    return float(min(0.1 * 2**attempt, 3.0))
