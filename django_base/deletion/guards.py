"""What the database refuses on the tables of models whose rows are voided: the triggers for it.

A physical DELETE outside of a hard deletion; a change of the flag outside of a deletion; a row that
refers to a void one. The last needs a function of its own for each table, because SQL that is
written for its columns is planned once and SQL that is put together costs ten times as much.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from django.db import models

from ..capture.functions import Function, function_of
from ..capture.tables import Table, Trigger, array_of
from ..databases import quoted
from ..statements import statement
from .fields import keep_when_void, void_field_of

_FOR_EACH_ROW: Final = {"insert": 5, "update": 17}  # bits of pg_trigger.tgtype
_DELETE: Final = 8
_ANCESTORS: Final = (models.CASCADE, models.PROTECT, models.RESTRICT)
_PLAIN: Final = "OPERATOR(pg_catalog.=)"

Operators = Mapping[tuple[str, str], str]
"""(Unquoted) table and column to the operator that compares its values."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A foreign key to a table that has the flag.

    Attributes:
        column: that holds it.
        table: where the flag is, as it was asked for.
        key, void: the columns there.
        is_ancestor: whether a row cannot be restored while the one it refers to is void.
    """

    column: str
    label: str
    table: str
    key: str
    void: str
    is_ancestor: bool


def guard_triggers(
    schema: str, model: type[models.Model], table: Table, tables: Mapping[str, Table]
) -> set[Trigger]:
    """Return the guards that a table of a model should have.

    Args:
        tables: all tables there are, by the names they were asked for.
    """
    found = set()
    field, key = void_field_of(model), _key(model)
    arguments = (model._meta.label, array_of(key))
    if field is not None and _has_flag(field, tables):
        found.add(_on_delete(schema, arguments))
        if field.model is model and not table.partition:
            flag = quoted(str(field.column))
            condition = f"OLD.{flag} IS DISTINCT FROM NEW.{flag}"
            guard = f"{quoted(schema)}.backstory_guard_update"
            found.add(_row_trigger("guard", "update", guard, arguments, condition))
    if not table.partition:
        found |= _on_references(schema, model, tables)
    return found


def guard_function(
    schema: str, model: type[models.Model], tables: Mapping[str, Table], operators: Operators
) -> Function | None:
    """Return the function that looks at a model's foreign keys; None when it needs none."""
    references = references_of(model, tables)
    if not references:
        return None
    flag = _own_flag(model, tables)
    is_void = f"    IF NEW.{flag} IS NOT NULL THEN RETURN NULL; END IF;\n" if flag else ""
    checks = [_check(each, flag, tables[each.table].path, operators) for each in references]
    return function_of(
        schema,
        "guard_references",
        _function_name(model),
        table=model._meta.db_table.replace("\n", " "),
        checks=is_void + "".join(checks),
    )


def references_of(model: type[models.Model], tables: Mapping[str, Table]) -> list[Reference]:
    """Return the foreign keys of a model's own table that may not lead to a void row.

    Left out are those that keep void rows, those to a column that is not beside the flag, and those
    to a view, whose rows cannot be locked.
    """
    found = (_reference(field) for field in model._meta.local_concrete_fields)
    return [
        each
        for each in found
        if each and each.table in tables and _may_lead_to_void(each, tables[each.table])
    ]


def _may_lead_to_void(reference: Reference, table: Table) -> bool:
    return table.has_triggers and reference.void in table.columns


def _reference(field: Any) -> Reference | None:
    if not isinstance(field, models.ForeignKey) or not field.concrete:
        return None
    if isinstance(field.remote_field.on_delete, keep_when_void):
        return None
    void = void_field_of(field.related_model)
    if void is None:
        return None
    owner: Any = void.model
    target: Any = field.target_field
    if target.model._meta.concrete_model is owner:
        key = target.column
    elif target.primary_key:  # of a table whose parent has the flag, and the same key
        key = owner._meta.pk.column
    else:
        return None
    return Reference(
        column=str(field.column),
        label=owner._meta.label,
        table=owner._meta.db_table,
        key=key,
        void=str(void.column),
        is_ancestor=field.remote_field.on_delete in _ANCESTORS,
    )


def _on_delete(schema: str, arguments: tuple[str, ...]) -> Trigger:
    return Trigger(
        name="backstory_guard_delete",
        function=f"{quoted(schema)}.backstory_guard_delete",
        arguments=arguments,
        type=_DELETE,
        old="backstory_old",
    )


def _on_references(
    schema: str, model: type[models.Model], tables: Mapping[str, Table]
) -> set[Trigger]:
    columns = [quoted(each.column) for each in references_of(model, tables)]
    if not columns:
        return set()
    function = f"{quoted(schema)}.{_function_name(model)}"
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    flag = _own_flag(model, tables)
    if flag:
        changed = f"NEW.{flag} IS NULL AND ({changed} OR OLD.{flag} IS NOT NULL)"
    arguments = (model._meta.label,)
    return {
        _row_trigger("live", "insert", function, arguments),  # a condition costs more than the call
        _row_trigger("live", "update", function, arguments, changed),
    }


def _row_trigger(
    purpose: str,
    operation: str,
    function: str,
    arguments: tuple[str, ...],
    condition: str | None = None,
) -> Trigger:
    return Trigger(
        name=f"backstory_{purpose}_{operation}",
        function=function,
        arguments=(*arguments, condition) if condition else arguments,
        type=_FOR_EACH_ROW[operation],
        when=condition,
        conditional=condition is not None,
    )


def _check(reference: Reference, flag: str | None, parent: str, operators: Operators) -> str:
    """Return the part of a function that looks at one foreign key."""
    restored = f" OR OLD.{flag} IS NOT NULL" if flag and reference.is_ancestor else ""
    words = {
        "column": quoted(reference.column),
        "equals": operators.get((reference.table, reference.key), _PLAIN),
        "parent": parent,
        "key": quoted(reference.key),
        "void": quoted(reference.void),
        "restored": restored,
        "column_text": _literal(reference.column),
        "parent_text": _literal(reference.label),
    }
    text = statement("guard_reference")
    for word, meant in words.items():
        text = text.replace(f"{{{word}}}", meant)
    return text + "\n"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _own_flag(model: type[models.Model], tables: Mapping[str, Table]) -> str | None:
    """Return the flag's column, quoted, where the model's own table has it."""
    field = void_field_of(model)
    if field is None or field.model is not model or not _has_flag(field, tables):
        return None
    return quoted(str(field.column))


def _has_flag(field: Any, tables: Mapping[str, Table]) -> bool:
    """Return whether the database has the flag's column already."""
    table = tables.get(field.model._meta.db_table)
    return table is not None and field.column in table.columns


def _key(model: type[models.Model]) -> list[str]:
    meta: Any = model._meta
    parts: Iterable[Any] = getattr(meta, "pk_fields", None) or [meta.pk]
    return [part.column for part in parts]


def _function_name(model: type[models.Model]) -> str:
    """Return a name that two tables do not share, however long theirs are."""
    digest = blake2b(model._meta.db_table.encode(), digest_size=8).hexdigest()
    return f"backstory_live_{digest}"
