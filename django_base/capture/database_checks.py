"""System checks of what the database has: what loses changes there, and how to mend it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error as DatabaseError

from producer import able_to_disable, replica_settings

from ..databases import is_captured
from ..settings import backstory_settings
from .install import outdated_functions
from .registry import CapturedModel
from .tables import Table, Trigger
from .trigger_state import fault_of
from .wanted import wanted_on

_INSTALL: Final = "Run manage.py backstory_install."
_LOST: Final = {
    "reason": "writes need no reason",
    "guard": "rows can be removed or voided by accident",
    "live": "rows can refer to void ones",
}
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
    wanted = wanted_on(alias)
    if not wanted.tables:
        return
    if outdated_functions(connection, wanted.functions):
        yield Warning(
            f"Trigger functions on database {alias!r} are missing or not of this version.",
            hint=_INSTALL,
            id="backstory.W002",
        )
    yield from _check_roles(connection)
    for table in wanted.tables:
        captured = wanted.captured.get(table.name)
        if captured is not None:
            yield from _check_table(table, captured)
        if table.has_triggers:
            model = captured.model if captured else wanted.left_out[table.name]
            yield from _check_triggers(table, model, wanted.triggers(table))


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
    table: Table, model: type[models.Model], wanted: frozenset[Trigger]
) -> Iterator[CheckMessage]:
    found = {trigger.name: trigger for trigger in table.triggers}
    for trigger in sorted(wanted, key=lambda each: each.name):
        fault = fault_of(trigger, found.get(trigger.name))
        if fault is None:
            continue
        problem, number = _FAULTS[fault]
        lost = _LOST.get(trigger.purpose, "changes are lost")
        yield Warning(
            f"Trigger {trigger.name} on {table.path} {problem}: {lost}.",
            hint=_INSTALL,
            obj=model,
            id=f"backstory.{number}",
        )
