"""Makes the database tell of every change: tables, functions, triggers, what the relay knows."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable

from producer import bind_source, create_tables
from schemas import EventError

from ..databases import is_captured, quoted, schema_of, statement_for
from ..settings import backstory_settings
from ..statements import statement
from .functions import functions
from .registry import CapturedModel, captured_on, left_out_on
from .tables import Table, Trigger, survey, wanted_triggers

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
    create_tables(connection.connection, schema_of(connection))
    _bind(connection)
    _install_functions(connection)
    models = {each.model._meta.db_table: each for each in captured_on(alias)}
    tables = survey(connection, list(models))
    _describe(connection, models.values())
    left_out = {model._meta.db_table for model in left_out_on(alias)} - models.keys()
    wanted = [(table, _wanted(connection, models[table.name], table)) for table in tables]
    wanted += [(table, frozenset()) for table in survey(connection, sorted(left_out))]
    changes = [(table, triggers) for table, triggers in wanted if table.triggers != triggers]
    _change_all(connection, changes, sleep)
    present = {table.name for table in tables}
    return Installed(
        tables=len(tables),
        changed=tuple(table.path for table, _ in changes),
        missing=tuple(each.label for name, each in models.items() if name not in present),
    )


def install_after_migrate(*, using: str, plan: Any = (), **_: Any) -> None:
    """Install after ``migrate``; does nothing on a database that is not PostgreSQL."""
    if is_captured(using):
        done = install(using)
        if done.changed:
            _log.info("capture put on", extra={"database": using, "tables": len(done.changed)})


def _wanted(
    connection: BaseDatabaseWrapper, captured: CapturedModel, table: Table
) -> frozenset[Trigger]:
    return wanted_triggers(
        schema_of(connection), captured.label, captured.excluded_columns, hardened=table.hardened
    )


def _bind(connection: BaseDatabaseWrapper) -> None:
    """Give the database its source name; believe the application's own user and those listed."""
    settings = backstory_settings()
    name = settings.source or str(connection.settings_dict["NAME"])
    if connection.alias != settings.database:
        name = f"{name}/{connection.alias}"
    user = connection.connection.info.user
    roles = sorted({user, *settings.believed_roles})
    bind_source(connection.connection, name, roles, schema_of(connection))


def outdated_functions(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the statements that create what is missing of our functions, or is not as here."""
    schema = schema_of(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement("survey_functions"), [schema])
        found = {row[0]: row for row in cursor.fetchall()}
    return [
        each.sql
        for each in functions(schema)
        if each.name not in found or not each.is_as_found(found[each.name])
    ]


def _install_functions(connection: BaseDatabaseWrapper) -> None:
    if not outdated_functions(connection):
        return
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(statement("lock_installation"))
        for sql in outdated_functions(connection):
            cursor.execute(sql)
        cursor.execute(statement_for(connection, "revoke_functions"))


def _describe(connection: BaseDatabaseWrapper, models: Iterable[CapturedModel]) -> None:
    """Tell the relay of the models."""
    upsert = statement_for(connection, "upsert_model", with_params=True)
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(statement_for(connection, "survey_models"))
        known = {row[0]: (*row[:4], json.loads(row[4]), *row[5:]) for row in cursor.fetchall()}
        for captured in models:
            row = _described(captured)
            if known.get(captured.label) != row:
                columns = json.dumps(captured.columns)
                values = [*row[:4], columns, *row[5:]]
                cursor.execute(upsert, values)


def _described(captured: CapturedModel) -> tuple[Any, ...]:
    table = captured.model._meta.db_table
    entity = captured.entity or (None, None)
    return (captured.label, table, captured.kind, captured.key, captured.columns, *entity)


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
        sleep(min(0.1 * 2**attempt, 3.0))
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
