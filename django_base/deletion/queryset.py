"""Querysets that see live rows, and all rows when they are told to."""

from typing import Any, Self, TypeVar

from django.core.exceptions import FullResultSet
from django.db import models
from django.db.models.lookups import IsNull
from django.db.models.sql import Query
from django.db.models.sql.where import AND

from .fields import VOID, void_field_of

_Model = TypeVar("_Model", bound=models.Model, covariant=True)


def includes_void(query: Query) -> bool:
    """Return whether a query sees void rows, in its joins too."""
    return getattr(query, "includes_void", False)


class IsLive(IsNull):
    """The condition on a column that is a flag, no condition in a query that includes void rows."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the condition; raise FullResultSet where there is none."""
        if includes_void(compiler.query):
            raise FullResultSet
        return super().as_sql(compiler, connection)


class BaseQuerySet(models.QuerySet[_Model, _Model]):
    """A queryset of a BaseModel."""

    def all_objects_including_void(self) -> Self:
        """Return the same queryset with void rows, also those it reaches by joins.

        Raises:
            NotSupportedError: it is a union, an intersection or a difference: say it of each part.
        """
        self._not_support_combined_queries("all_objects_including_void")  # type: ignore[attr-defined]
        queryset = self._chain()  # type: ignore[attr-defined]
        queryset.query.includes_void = True
        return queryset  # type: ignore[no-any-return]

    def _merge_sanity_check(self, other: Any) -> None:
        super()._merge_sanity_check(other)  # type: ignore[misc]
        if includes_void(self.query) != includes_void(other.query):
            raise TypeError(
                "a queryset that includes void rows cannot be combined with one that does not: "
                "call all_objects_including_void() on both"
            )


class BaseManager(models.Manager.from_queryset(BaseQuerySet)):  # type: ignore[misc]
    """The manager of a BaseModel: its querysets see live rows."""

    def get_queryset(self) -> Any:
        """Return the live rows of a model, all rows of one that has no flag."""
        return only_live(super().get_queryset())


def only_live(queryset: Any) -> Any:
    """Return a queryset, just made, that sees the live rows; as it is where there is no flag."""
    field = void_field_of(queryset.model)
    if field is not None:
        query: Query = queryset.query
        if field.model is queryset.model._meta.concrete_model:
            column: Any = field.get_col(query.get_initial_alias())
        else:
            column = query.resolve_ref(VOID)
        query.where.add(IsLive(column, True), AND)
    return queryset
