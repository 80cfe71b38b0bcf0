"""All that a database should have on the tables it has: triggers, and functions for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from ..databases import schema_of
from ..deletion.guards import guard_function, guard_triggers, references_of
from ..statements import statement
from .functions import Function, functions
from .models import BaseModel
from .registry import CapturedModel, captured_on, left_out_on
from .tables import Table, Trigger, survey, wanted_triggers


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What there is of a database's models, and what there should be.

    Attributes:
        captured: captured models by their table.
        left_out: those that are not captured, by their table.
        tables: the tables that exist, of all of these, and their partitions.
        functions: our functions, each after those it needs.
    """

    schema: str
    captured: Mapping[str, CapturedModel]
    left_out: Mapping[str, type[models.Model]]
    tables: tuple[Table, ...]
    functions: tuple[Function, ...]

    @cached_property
    def roots(self) -> dict[str, Table]:
        """The tables without their partitions, by the names they were asked for."""
        return _roots(self.tables)

    def apps_of(self, table: Table) -> set[str]:
        """Return the labels of the apps whose migrations may change what a table's guards name."""
        captured = self.captured.get(table.name)
        model = captured.model if captured else self.left_out[table.name]
        labels = [model._meta.label, *(each.label for each in references_of(model, self.roots))]
        return {label.partition(".")[0] for label in labels}

    def triggers(self, table: Table) -> frozenset[Trigger]:
        """Return the triggers that a table should have."""
        captured = self.captured.get(table.name)
        found = wanted_triggers(self.schema, captured, table) if captured else frozenset()
        model = captured.model if captured else self.left_out[table.name]
        if not _is_guarded(model, captured):
            return found
        return found | guard_triggers(self.schema, model, table, self.roots)


def wanted_on(alias: str) -> Wanted:
    """Look at a database; two queries, no locks."""
    connection = connections[alias]
    schema = schema_of(connection)
    captured = {each.model._meta.db_table: each for each in captured_on(alias)}
    left_out = {model._meta.db_table: model for model in left_out_on(alias)}
    tables = survey(connection, [*captured, *(name for name in left_out if name not in captured)])
    roots = _roots(tables)
    candidates = [(model, captured.get(name)) for name, model in left_out.items()]
    candidates += [(each.model, each) for each in captured.values()]
    guarded = [each for each, how in candidates if _is_guarded(each, how)]
    guarded = [each for each in guarded if each._meta.db_table in roots]
    operators = _operators(connection, guarded, roots)
    made = (guard_function(schema, model, roots, operators) for model in guarded)
    found = {each.name: each for each in made if each is not None}
    return Wanted(
        schema=schema,
        captured=captured,
        left_out=left_out,
        tables=tuple(tables),
        functions=(*functions(schema), *(found[name] for name in sorted(found))),
    )


def _is_guarded(model: type[models.Model], captured: CapturedModel | None) -> bool:
    """Return whether guards are ours to put on: of what is captured, and of every BaseModel."""
    return captured is not None or issubclass(model, BaseModel)


def _roots(tables: Any) -> dict[str, Table]:
    return {table.name: table for table in tables if not table.partition}


def _operators(
    connection: BaseDatabaseWrapper,
    guarded: list[type[models.Model]],
    roots: Mapping[str, Table],
) -> dict[tuple[str, str], str]:
    """Return how the columns that foreign keys lead to are compared."""
    names = {each.table for model in guarded for each in references_of(model, roots)}
    wanted = {connection.ops.quote_name(name): name for name in sorted(names)}
    with connection.cursor() as cursor:
        cursor.execute(statement("survey_keys"), [list(wanted)])
        return {(wanted[name], column): operator for name, column, operator in cursor.fetchall()}
