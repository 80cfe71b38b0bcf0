"""System checks of what the database has: what loses changes there, and how to mend it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error as DatabaseError

from producer import able_to_disable, replica_settings

from ..databases import is_captured, schema_of
from ..settings import backstory_settings
from .install import outdated_functions
from .registry import CapturedModel, captured_on
from .tables import Table, Trigger, survey, wanted_triggers
from .trigger_state import fault_of

_INSTALL: Final = "Run manage.py backstory_install."
_FAULTS: Final = {
    "missing": ("is missing", "W003"),
    "disabled": ("is disabled, or not ENABLE ALWAYS", "W004"),
    "changed": ("is not as backstory_install makes it", "W005"),
}


def check_databases(*, databases: Sequence[str] | None = None, **_: Any) -> Iterable[CheckMessage]:
    """Check the tables, functions and triggers; run by ``check --database`` and ``migrate``."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        if is_captured(alias):
            try:
                messages += _check_database(alias)
            except DatabaseError as error:
                messages.append(
                    Warning(
                        f"Capture on database {alias!r} could not be checked: {error}",
                        hint="Check again when the database can be reached.",
                        id="backstory.W001",
                    )
                )
    return messages


def _check_database(alias: str) -> Iterator[CheckMessage]:
    connection = connections[alias]
    models = {each.model._meta.db_table: each for each in captured_on(alias)}
    tables = survey(connection, list(models))
    if not tables:
        return
    if outdated_functions(connection):
        yield Warning(
            f"Trigger functions on database {alias!r} are missing or not of this version.",
            hint=_INSTALL,
            id="backstory.W002",
        )
    yield from _check_roles(connection)
    for table in tables:
        captured = models[table.name]
        yield from _check_table(table, captured)
        if table.has_triggers:
            wanted = wanted_triggers(schema_of(connection), captured, table)
            yield from _check_triggers(table, captured, wanted)


def _check_roles(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    opened = connection.connection
    roles = {opened.info.user, *backstory_settings().believed_roles}
    for role in able_to_disable(opened, roles):
        yield Warning(
            f"The database role {role!r}, as which the application works, may switch capture off.",
            hint="Let a role of its own own the tables and run migrations, give the application's "
            "only the rights to read and write rows, and name that one in "
            "BACKSTORY['believed_roles']. If you mean it so: silence this check.",
            id="backstory.W006",
        )
    for whose, fix in replica_settings(opened):
        yield Warning(
            f"Sessions of {whose} begin with session_replication_role set: foreign keys and "
            "triggers other than ours do not fire there.",
            hint=f"{fix};",
            id="backstory.W007",
        )


def _check_table(table: Table, captured: CapturedModel) -> Iterator[CheckMessage]:
    for is_so, number, problem, hint in (
        (
            table.has_children,
            "E008",
            f"Tables inherit from {table.path}: their rows would be taken for its own.",
            "Make the children partitions, or plain tables; or say untracked = 'reason'.",
        ),
        (
            table.deferrable_key,
            "E009",
            f"The primary key of {table.path} is deferrable: rows could share it for a while.",
            "Make it NOT DEFERRABLE; or say untracked = 'reason'.",
        ),
        (
            table.subscribed,
            "E010",
            f"Logical replication writes to {table.path}: it fires no statement triggers.",
            "Capture where the changes are made; and say untracked = 'reason' here.",
        ),
        (
            table.parent is not None,
            "E011",
            f"Rows of {table.path} can be written through {table.parent}, whose statements fire no "
            "trigger here.",
            f"Capture {table.parent} instead; or say untracked = 'reason' here.",
        ),
        (
            not table.has_triggers,
            "E012",
            f"{table.path} is no table of this database (a view, or a foreign table): it has no "
            "triggers that see its rows.",
            "Capture the table behind it; and say untracked = 'reason' here.",
        ),
    ):
        if is_so:
            yield Error(problem, hint=hint, obj=captured.model, id=f"backstory.{number}")


def _check_triggers(
    table: Table, captured: CapturedModel, wanted: frozenset[Trigger]
) -> Iterator[CheckMessage]:
    found = {trigger.name: trigger for trigger in table.triggers}
    for trigger in sorted(wanted, key=lambda each: each.name):
        fault = fault_of(trigger, found.get(trigger.name))
        if fault is None:
            continue
        problem, number = _FAULTS[fault]
        lost = "writes need no reason" if trigger.demands_reason else "changes are lost"
        yield Warning(
            f"Trigger {trigger.name} on {table.path} {problem}: {lost}.",
            hint=_INSTALL,
            obj=captured.model,
            id=f"backstory.{number}",
        )
