"""What the relay is told of the captured models, in ``backstory_model``."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..databases import statement_for
from .registry import CapturedModel
from .tables import Trigger

Triggers = Mapping[str, frozenset[Trigger]]


class Description(NamedTuple):
    """A row of ``backstory_model``."""

    label: str
    table: str
    kind: str
    key: list[str]
    columns: dict[str, dict[str, str]]
    entity_label: str | None
    entity_column: str | None
    triggers: dict[str, Any]
    retired: bool = False

    def values(self) -> list[Any]:
        """Return it as parameters of a statement."""
        columns, triggers = json.dumps(self.columns), json.dumps(self.triggers)
        return [*self[:4], columns, *self[5:7], triggers, self.retired]


def announce(connection: BaseDatabaseWrapper, models: Iterable[CapturedModel]) -> None:
    """Tell of the columns that are to come, before a migration adds them.

    What a data migration writes into a new column is published then, not held back as unknown.
    Keys and triggers stay as they are until the tables have changed.
    """
    _store(connection, models, {}, keep=True)


def describe(
    connection: BaseDatabaseWrapper, models: Iterable[CapturedModel], triggers: Triggers
) -> None:
    """Tell of the models as they are now; ``triggers`` are those of each label."""
    _store(connection, models, triggers, keep=False)


def retire_others(connection: BaseDatabaseWrapper, models: Iterable[CapturedModel]) -> None:
    """Mark the models that are captured no more, unless another project still captures them."""
    retire = statement_for(connection, "retire_models", with_params=True)
    with connection.cursor() as cursor:
        cursor.execute(retire, [[captured.label for captured in models]])


def _store(
    connection: BaseDatabaseWrapper,
    models: Iterable[CapturedModel],
    triggers: Triggers,
    *,
    keep: bool,
) -> None:
    upsert = statement_for(connection, "upsert_model", with_params=True)
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(statement_for(connection, "survey_models"))
        known = {row[0]: _found(row) for row in cursor.fetchall()}
        for captured in models:
            before = known.get(captured.label)
            told = _described(captured, before, triggers.get(captured.label, frozenset()))
            if keep and before is not None:
                told = before._replace(columns=told.columns)
            if told != before:
                cursor.execute(upsert, told.values())


def _found(row: tuple[Any, ...]) -> Description:
    found = Description(*row)
    columns, triggers = json.loads(row[4]), json.loads(row[7])
    return found._replace(columns=columns, triggers=triggers)


def _described(
    captured: CapturedModel, before: Description | None, triggers: Iterable[Trigger]
) -> Description:
    """Return a model's description; it keeps the columns the model had before.

    Rows written before a column was renamed or removed may still be in the outbox. What is excluded
    now is forgotten.
    """
    former = before.columns if before else {}
    kept = {name: former[name] for name in former if name not in captured.excluded_columns}
    entity_label, entity_column = captured.entity or (None, None)
    return Description(
        label=captured.label,
        table=captured.model._meta.db_table,
        kind=captured.kind,
        key=captured.key,
        columns=kept | captured.columns,
        entity_label=entity_label,
        entity_column=entity_column,
        triggers={trigger.name: trigger.shape for trigger in triggers},
    )
