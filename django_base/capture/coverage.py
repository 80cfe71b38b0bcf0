"""Which models of a database are captured and how, which are left out, and what is missed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from django.db import models

from .registry import CapturedModel, left_out_on, options_of
from .tables import Table
from .trigger_state import TriggerState, state_of
from .wanted import Wanted, wanted_on

CoverageKind: TypeAlias = Literal["base", "through", "tracked", "left out", "uncovered"]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What becomes of the changes of one model's table.

    Attributes:
        kind: captured as a BaseModel (``base``), as a many-to-many table of a captured model
            (``through``) or by ``track()`` (``tracked``); left out with a reason; or uncovered:
            nobody has said anything about it.
        reason: why it is left out; empty otherwise.
        triggers: the state of our triggers in the database, of all partitions the worst.
        key: columns of the primary key.
        entity: the foreign key that says whose data a row is, ``self``, or empty.
        fields: field to classification, of what is recorded.
        excluded: field to the reason why it is not recorded.
    """

    label: str
    kind: CoverageKind
    table: str
    database: str
    triggers: TriggerState
    reason: str = ""
    key: tuple[str, ...] = ()
    entity: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_in_order(self) -> bool:
        """Whether nothing has to be done: captured by its triggers, or left out with a reason."""
        if self.kind == "left out":  # guarded all the same, where its rows are voided
            return self.triggers in ("none", "in order", "no table")
        return self.kind != "uncovered" and self.triggers in ("in order", "no table")


def coverage(alias: str) -> list[Coverage]:
    """Return the models whose tables are on a PostgreSQL database, sorted by label; one query."""
    wanted = wanted_on(alias)
    models_of_tables = [*(each.model for each in wanted.captured.values()), *left_out_on(alias)]
    tables: dict[str, list[Table]] = {model._meta.db_table: [] for model in models_of_tables}
    for table in wanted.tables:
        tables[table.name].append(table)
    found = [_captured(each, alias, wanted, tables[name]) for name, each in wanted.captured.items()]
    found += [
        _not_captured(model, alias, wanted, tables[model._meta.db_table])
        for model in left_out_on(alias)
    ]
    return sorted(found, key=lambda each: each.label)


def _captured(captured: CapturedModel, alias: str, wanted: Wanted, tables: list[Table]) -> Coverage:
    return Coverage(
        label=captured.label,
        kind=captured.kind,
        table=captured.model._meta.db_table,
        database=alias,
        triggers=state_of(tables, list(map(wanted.triggers, tables))),
        key=tuple(captured.key),
        entity=captured.options.entity if captured.entity else "",
        fields={known["field"]: known["class"] for known in captured.columns.values()},
        excluded=dict(captured.options.exclude),
    )


def _not_captured(
    model: type[models.Model], alias: str, wanted: Wanted, tables: list[Table]
) -> Coverage:
    owner: Any = model._meta.auto_created  # the model whose many-to-many table it is, or False
    options = options_of(owner or model)
    return Coverage(
        label=model._meta.label,
        kind="left out" if options else "uncovered",
        table=model._meta.db_table,
        database=alias,
        triggers=state_of(tables, list(map(wanted.triggers, tables))),
        reason=options.untracked if options else "",
    )
