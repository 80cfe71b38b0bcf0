"""References that a deletion sets to another value, and back again when it is restored."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connections, models

from ..databases import quoted, statement_for
from ..statements import statement
from .collecting import VoidCollector
from .deletions import Severed, note_severed
from .keys import key_fields, key_of, type_of, with_keys
from .marking import deleting
from .queryset import only_live


def sever(collector: VoidCollector, deletion_id: UUID) -> None:
    """Set the references that ``on_delete`` says, of rows that are still live; remember them."""
    severed: list[Severed] = []
    for (field, value), found in collector.field_updates.items():
        for rows in _as_querysets(field, found, collector.using):
            with deleting(deletion_id, through=[field]):
                severed += _sever_field(field, value, rows, collector.using)
    note_severed(collector.using, deletion_id, severed)


def _as_querysets(field: Any, found: Iterable[Any], using: str) -> Iterator[Any]:
    for each in found:
        if isinstance(each, models.QuerySet):
            yield each
        elif each:
            manager = field.model._base_manager.using(using)
            keys = [key_of(one) for one in each]
            yield only_live(with_keys(manager, key_fields(field.model), keys)).select_for_update()


def _sever_field(field: Any, value: Any, rows: Any, using: str) -> list[Severed]:
    """Set one reference of some rows, all of which go by it to what is deleted."""
    parts = key_fields(field.model)
    found = list(rows.order_by().values_list(*(part.attname for part in parts), field.attname))
    owner = field.model._base_manager.using(using)
    new = getattr(value, field.target_field.attname) if isinstance(value, models.Model) else value
    if new is not None and any(row[-1] == new for row in found):
        raise IntegrityError(
            f"{field} refers to {value!r}, which is deleted and which its on_delete sets it to: "
            "make on_delete give another row"
        )
    with_keys(owner, parts, [row[:-1] for row in found]).update(**{field.attname: new})
    return [
        Severed(
            field.model._meta.label,
            [_text(part, key) for part, key in zip(parts, row[:-1], strict=True)],
            field.column,
            _text(field, row[-1]),
            _text(field, new),
        )
        for row in found
        if row[-1] != new
    ]


def _text(field: Any, value: Any) -> str | None:
    """Return a value as text that PostgreSQL reads back into the column's type."""
    return None if value is None else str(field.get_prep_value(value))


def rejoin(using: str, deletion_id: UUID, roots: int, back_by: Any) -> None:
    """Set references back to rows that are live again, where nobody has set them since.

    Args:
        roots: how many of the rows that were named are back; all of them finish the deletion.
        back_by: tells of a field which values, as texts, refer to rows that are live again.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            statement_for(connection, "finish_deletion", with_params=True),
            {"deletion": deletion_id, "roots": roots},
        )
        found = defaultdict(list)
        for model, column, key, old, new in cursor.fetchall():
            found[model, column].append(Severed(model, _list(key), column, old, new))
    done: list[Severed] = []
    for (label, column), severed in found.items():
        model = apps.get_model(label)
        field = next(each for each in model._meta.concrete_fields if each.column == column)
        values = back_by(field)
        back = [each for each in severed if each.old in values]
        if back:
            with deleting(deletion_id, through=[field]):
                _set_back(connection, model, field, back)
            done += back
    if done:
        _forget(connection, deletion_id, done)


def _list(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _set_back(connection: Any, model: Any, field: Any, severed: Sequence[Severed]) -> None:
    """Set one column of some rows to what it was."""
    parts = key_fields(model)
    names = [f"k{position}" for position in range(len(parts))]
    table, quote = quoted(model._meta.db_table), connection.ops.quote_name
    sql = statement("rejoin").format(
        table=table,
        column=quote(field.column),
        type=type_of(field, connection),
        arrays=", ".join(["%s::text[]"] * (len(parts) + 2)),
        keys=", ".join(names),
        same_key=" AND ".join(
            f"{table}.{quote(part.column)} = severed.{name}::{type_of(part, connection)}"
            for part, name in zip(parts, names, strict=True)
        ),
    )
    arrays = [list(column) for column in zip(*(each.key for each in severed), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [*arrays, [each.old for each in severed], [each.new for each in severed]]
        )


def _forget(connection: Any, deletion_id: UUID, done: Sequence[Severed]) -> None:
    arrays = [
        [each.model for each in done],
        [each.column for each in done],
        [json.dumps(each.key) for each in done],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            statement_for(connection, "forget_severed", with_params=True), [*arrays, deletion_id]
        )
