"""What the relay is told of the captured models, in ``backstory_model``."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..databases import statement_for
from .registry import CapturedModel
from .tables import Trigger


class Found(NamedTuple):
    """What the database has of a model's tables: all triggers that are wanted, all columns."""

    triggers: frozenset[Trigger]
    columns: frozenset[str]


_NOTHING: Final = Found(frozenset(), frozenset())


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
    void_column: str | None = None
    retired: bool = False

    def values(self) -> list[Any]:
        """Return it as parameters of a statement."""
        columns, triggers = json.dumps(self.columns), json.dumps(self.triggers)
        return [*self[:4], columns, *self[5:7], triggers, self.void_column, self.retired]


def announce(connection: BaseDatabaseWrapper, models: Iterable[CapturedModel]) -> None:
    """Tell of the columns that are to come, before a migration adds them.

    What a data migration writes into a new column is published then, not held back as unknown.
    Keys and triggers stay as they are until the tables have changed.
    """
    _store(connection, models, None)


def describe(
    connection: BaseDatabaseWrapper, models: Iterable[CapturedModel], tables: Mapping[str, Found]
) -> None:
    """Tell of the models as they are now; ``tables`` are by label."""
    _store(connection, models, tables)


def retire_others(connection: BaseDatabaseWrapper, models: Iterable[CapturedModel]) -> None:
    """Mark the models that are captured no more, unless another project still captures them."""
    retire = statement_for(connection, "retire_models", with_params=True)
    with connection.cursor() as cursor:
        cursor.execute(retire, [[captured.label for captured in models]])


def _store(
    connection: BaseDatabaseWrapper,
    models: Iterable[CapturedModel],
    tables: Mapping[str, Found] | None,
) -> None:
    upsert = statement_for(connection, "upsert_model", with_params=True)
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute(statement_for(connection, "survey_models"))
        rows = cursor.fetchall()
        known = {row[0]: _known(row[:-1]) for row in rows}
        for captured in models:
            before = known.get(captured.label)
            found = (tables or {}).get(captured.label, _NOTHING)
            told = _described(captured, before, found, now=rows[0][-1] if rows else "")
            if tables is None and before is not None:
                told = before._replace(columns=told.columns)
            if told != before:
                cursor.execute(upsert, told.values())


def _known(row: tuple[Any, ...]) -> Description:
    found = Description(*row)
    columns, triggers = json.loads(row[4]), json.loads(row[7])
    return found._replace(columns=columns, triggers=triggers)


def _described(
    captured: CapturedModel, before: Description | None, found: Found, *, now: str
) -> Description:
    """Return a model's description; it keeps the columns the model had before.

    Rows written before a column was renamed or removed may still be in the outbox. From then on it
    is another column that has the name, and nobody has classified it. What is excluded now is
    forgotten.
    """
    former = before.columns if before else {}
    gone = {"until": now} if found.columns else {}
    kept = {
        name: known if name in found.columns else gone | known
        for name, known in former.items()
        if name not in captured.excluded_columns
    }
    entity_label, entity_column = captured.entity or (None, None)
    return Description(
        label=captured.label,
        table=captured.model._meta.db_table,
        kind=captured.kind,
        key=captured.key,
        columns=kept | captured.columns,
        entity_label=entity_label,
        entity_column=entity_column,
        triggers={trigger.name: trigger.shape for trigger in found.triggers},
        void_column=captured.void_column,
    )
