"""Conditions on many keys at once: an array is one parameter, however many rows it names."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import Expression


class AnyOf(Expression):
    """``(a, b) = ANY (keys)`` for the columns of a key, each key a sequence of their values.

    Args:
        columns: the columns, as expressions (``Col``).
        keys: a value for each column, as Python has them.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: Sequence[Any], keys: Iterable[Sequence[Any]]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.keys = list(keys)

    def get_source_expressions(self) -> list[Any]:
        """Return the columns."""
        return self.columns

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Take other columns: those of another alias."""
        self.columns = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the condition and an array for each column."""
        names = [compiler.compile(column)[0] for column in self.columns]
        arrays = [
            self._array(position, column.target, connection)
            for position, column in enumerate(self.columns)
        ]
        casts = [f"%s::{type_of(column.target, connection)}[]" for column in self.columns]
        if len(names) == 1:
            return f"{names[0]} = ANY ({casts[0]})", arrays
        rows = f"SELECT * FROM unnest({', '.join(casts)})"  # noqa: S608  (names of types)
        return f"({', '.join(names)}) IN ({rows})", arrays

    def _array(self, position: int, field: Any, connection: Any) -> list[Any]:
        return [field.get_db_prep_value(key[position], connection) for key in self.keys]


def key_fields(model: Any) -> list[Any]:
    """Return the fields of a model's primary key, in its order."""
    return list(getattr(model._meta, "pk_fields", None) or [model._meta.pk])


def with_keys(queryset: Any, fields: Sequence[Any], keys: Iterable[Sequence[Any]]) -> Any:
    """Return the rows of a queryset whose ``fields`` (of its own table) have one of the values."""
    alias = queryset.query.get_initial_alias()
    return queryset.filter(AnyOf([field.get_col(alias) for field in fields], keys))


def key_of(instance: Any) -> tuple[Any, ...]:
    """Return the values of an object's key."""
    return tuple(getattr(instance, field.attname) for field in key_fields(instance))


def type_of(field: Any, connection: Any) -> str:
    """Return the type of a column; a relation's is that of what it points to."""
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
