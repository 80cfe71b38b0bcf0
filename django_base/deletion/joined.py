"""What a join leads to, and when a row there is a live one."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import models
from django.db.models.deletion import CASCADE, PROTECT, RESTRICT, SET_DEFAULT, SET_NULL
from django.db.models.fields.reverse_related import ForeignObjectRel

from .fields import keep_when_void, void_field_of

Quote = Callable[[str], str]


def joined_model(join: Any) -> Any:
    """Return the model whose table is joined."""
    field = join.join_field
    return field.model if _is_generic(field) else field.related_model


def joining_fields(join_field: Any) -> list[Any]:
    """Return the reference by which a table is come to, when that table holds it."""
    if isinstance(join_field, ForeignObjectRel) and not _is_generic(join_field):
        return [join_field.field]
    return []


def _is_generic(join_field: Any) -> bool:
    """Return whether a join is that of a generic relation, in either direction."""
    return hasattr(getattr(join_field, "field", join_field), "bulk_related_objects")


def is_same_row(join_field: Any) -> bool:
    """Return whether a join leads from a part of a row to another, of a parent or child table."""
    field: Any = getattr(join_field, "field", join_field)
    remote: Any = getattr(field, "remote_field", None)
    if not getattr(remote, "parent_link", False):
        return False
    flag = void_field_of(field.model)
    return flag is None or flag is void_field_of(remote.model)


def is_loose(join_field: Any) -> bool:
    """Return whether a live row may refer to a void one by a field."""
    if not isinstance(join_field, models.ForeignKey):
        return False
    if void_field_of(join_field.remote_field.model) is None:
        return False
    on_delete: Any = join_field.remote_field.on_delete
    if on_delete is CASCADE:
        return void_field_of(join_field.model) is None
    if on_delete in (PROTECT, RESTRICT, SET_NULL, SET_DEFAULT):
        return False
    return isinstance(on_delete, keep_when_void) or not hasattr(on_delete, "deconstruct")


def hidden_by(model: Any, table: str, but: Collection[Any], quote: Quote) -> list[str]:
    """Return the conditions under which a row of ``table``, an alias in quotes, is live.

    The row of a join table without a flag is as live as what it joins, apart from what other joins
    look at: the fields ``but``.
    """
    flag = void_field_of(model)
    if flag is not None and flag.model is model._meta.concrete_model:
        return [f"{table}.{quote(flag.column)} IS NULL"]  # type: ignore[arg-type]
    if flag is not None:
        link = model._meta.concrete_model._meta.get_ancestor_link(flag.model)
        key: Any = flag.model._meta.pk
        return [_not_void(flag, key.column, f"{table}.{quote(link.column)}", quote)]
    return [
        _not_void(flag, column, f"{table}.{quote(field.column)}", quote)
        for field, flag, column in _joined(model)
        if field not in but
    ]


def _not_void(flag: Any, column: str, value: str, quote: Quote) -> str:
    """Return a condition on the row whose key ``value`` is."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {quote(flag.model._meta.db_table)} void_row"  # noqa: S608
        f" WHERE void_row.{quote(column)} = {value} AND void_row.{quote(flag.column)} IS NOT NULL)"
    )


def _joined(model: Any) -> list[tuple[Any, Any, str]]:
    """Return what a join table joins: its fields, the flags there, the columns they refer to."""
    known = model._meta.__dict__.get("_backstory_joined")
    if known is None:
        known = [_target(each) for each in model._meta.concrete_fields if _is_end(each)]
        known = known if _is_join_table(model) else []
        model._meta._backstory_joined = known
    return known  # type: ignore[no-any-return]


def _is_end(field: Any) -> bool:
    return (
        isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is CASCADE
        and void_field_of(field.remote_field.model) is not None
    )


def _target(field: Any) -> tuple[Any, Any, str]:
    flag: Any = void_field_of(field.remote_field.model)
    target = field.target_field
    own = target.model._meta.concrete_model is flag.model
    return field, flag, (target if own else flag.model._meta.pk).column


def _is_join_table(model: Any) -> bool:
    """Return whether rows of a model join two others for a many-to-many field."""
    if model._meta.auto_created:
        return True
    return any(
        each.remote_field.through is model
        for other in model._meta.apps.get_models()
        for each in other._meta.many_to_many
    )
