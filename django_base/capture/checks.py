"""System checks: what is wrong with the set-up of capture, and how to mend it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning  # noqa: A004
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.fields.related import ForeignObject
from django.db.utils import Error as DatabaseError

from schemas import ConfigurationError

from ..databases import is_captured, schema_of
from ..settings import BackstorySettings
from .install import outdated_functions
from .registry import CapturedModel, captured_models, captured_on, declared_but_missing
from .tables import Table, Trigger, survey, wanted_triggers

_PASSWORD_LIKE: Final = re.compile(
    r"passw(or)?d|passphrase|secret|token|api_?key|private_?key|credential|otp_|_otp|_pin$|^pin$",
    re.IGNORECASE,
)
_INSTALL: Final = "Run manage.py backstory_install."


def check_models(**_: Any) -> list[CheckMessage]:
    """Check the settings and what models say of their capture; makes no query."""
    messages: list[CheckMessage] = []
    try:
        BackstorySettings.from_mapping(getattr(settings, "BACKSTORY", {}))
    except ConfigurationError as error:
        messages += [
            Error(problem, hint="Mend the setting BACKSTORY.", id="backstory.E001")
            for problem in error.problems
        ]
    for label in declared_but_missing():
        messages.append(
            Error(
                f"track() names {label!r}, which is no model.",
                hint="Mend the name, or put the model's app into INSTALLED_APPS.",
                id="backstory.E002",
            )
        )
    for captured in captured_models():
        messages += [*_check_names(captured), *_check_classes(captured)]
    if not is_captured(DEFAULT_DB_ALIAS):
        messages.append(
            Info(
                f"Capture is off: the default database is {connections[DEFAULT_DB_ALIAS].vendor}.",
                hint="Changes are recorded on PostgreSQL only; nothing else is different.",
                id="backstory.I001",
            )
        )
    return messages


def _check_names(captured: CapturedModel) -> Iterator[CheckMessage]:
    model, options = captured.model, captured.options
    for problem in options.problems:
        hint = "Mend its inner class Backstory, or the call of track()."
        yield Error(
            f"The capture of the model {problem}.", hint=hint, obj=model, id="backstory.E003"
        )
    names = {field.name for field in model._meta.get_fields()}
    for name in sorted(options.classified - names):
        yield Error(
            f"Backstory names the field {name!r}, which the model does not have.",
            hint=f"Mend the name, or choose from {sorted(names)}.",
            obj=model,
            id="backstory.E004",
        )
    if options.entity and captured.entity is None:
        keys = [field.name for field in captured.fields if isinstance(field, ForeignObject)]
        yield Error(
            f"Backstory has entity = {options.entity!r}, which is no foreign key of the model's.",
            hint=f"Name one of {[*keys, 'self']}.",
            obj=model,
            id="backstory.E005",
        )


def _check_classes(captured: CapturedModel) -> Iterator[CheckMessage]:
    model = captured.model
    for name in _unclassified_secrets(captured):
        yield Error(
            f"The field {name!r} looks like a secret, and nobody has classified it.",
            hint=f"Add it to masked = ({name!r},) so that it never leaves this database, or to "
            f"internal = ({name!r},) if it is none.",
            obj=model,
            id="backstory.E006",
        )
    left_out = set(captured.key) & set(captured.excluded_columns)
    for column in sorted(left_out):
        yield Error(
            f"Backstory excludes {column!r}, a part of the primary key.",
            hint="A key is needed to say which row changed: make it masked or personal instead.",
            obj=model,
            id="backstory.E007",
        )


def _unclassified_secrets(captured: CapturedModel) -> list[str]:
    if captured.kind == "through":
        return []
    names = [field.name for field in captured.fields if not isinstance(field, ForeignObject)]
    classified = captured.options.classified
    return [name for name in names if _PASSWORD_LIKE.search(name) and name not in classified]


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
    if tables and outdated_functions(connection):
        yield Warning(
            f"Trigger functions on database {alias!r} are missing or not of this version.",
            hint=_INSTALL,
            id="backstory.W002",
        )
    for table in tables:
        captured = models[table.name]
        yield from _check_table(table, captured)
        schema, left_out = schema_of(connection), captured.excluded_columns
        wanted = wanted_triggers(schema, captured.label, left_out, hardened=table.hardened)
        yield from _check_triggers(table, captured, wanted)


def _check_table(table: Table, captured: CapturedModel) -> Iterator[CheckMessage]:
    if table.has_children:
        yield Error(
            f"Tables inherit from {table.path}: their rows would be taken for its own.",
            hint="Make the children partitions, or plain tables; or say untracked = 'reason'.",
            obj=captured.model,
            id="backstory.E008",
        )
    if table.deferrable_key:
        yield Error(
            f"The primary key of {table.path} is deferrable: rows could share it for a while.",
            hint="Make it NOT DEFERRABLE; or say untracked = 'reason'.",
            obj=captured.model,
            id="backstory.E009",
        )

    if table.subscribed:
        yield Error(
            f"Logical replication writes to {table.path}: it fires no statement triggers.",
            hint="Capture where the changes are made; and say untracked = 'reason' here.",
            obj=captured.model,
            id="backstory.E010",
        )


def _check_triggers(
    table: Table, captured: CapturedModel, wanted: frozenset[Trigger]
) -> Iterator[CheckMessage]:
    found = {trigger.name: trigger for trigger in table.triggers}
    for trigger in sorted(wanted, key=lambda each: each.name):
        there = found.get(trigger.name)
        if there == trigger:
            continue
        if there is None:
            problem, number = "is missing", "W003"
        elif there.enabled != "A":
            problem, number = "is disabled, or not ENABLE ALWAYS", "W004"
        else:
            problem, number = "is not as backstory_install makes it", "W005"
        yield Warning(
            f"Trigger {trigger.name} on {table.path} {problem}: changes are lost.",
            hint=_INSTALL,
            obj=captured.model,
            id=f"backstory.{number}",
        )
