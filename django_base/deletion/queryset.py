"""Querysets that see live rows, and all rows when they are told to."""

from typing import Any, Self, TypeVar

from asgiref.sync import sync_to_async
from django.core.exceptions import FullResultSet
from django.db import models
from django.db.models.lookups import IsNull
from django.db.models.sql import Query
from django.db.models.sql.where import AND

from ..entities.scoped import ScopedWrites
from .fields import VOID, void_field_of
from .uniqueness import INCLUDES_VOID
from .upserts import LiveUpserts

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


class BaseQuerySet(LiveUpserts, ScopedWrites, models.QuerySet[_Model, _Model]):  # type: ignore[misc]
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

    def delete(self) -> tuple[int, dict[str, int]]:
        """Void the live rows of this queryset and what depends on them; see BaseModel.delete.

        Rows of a model without a flag are deleted as Django does.

        Raises:
            TypeError, NotSupportedError: the queryset is sliced, distinct, of values or a union.
        """
        from .voiding import void_queryset

        if void_field_of(self.model) is None:
            return super().delete()
        self._check_deletable("delete")
        doomed = self._chain()  # type: ignore[attr-defined]
        doomed._for_write = True
        counts = void_queryset(doomed)
        self._result_cache = None
        return counts

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def hard_delete(self) -> tuple[int, dict[str, int]]:
        """Remove the rows of this queryset for good, with what depends on them, void or not.

        Void rows of its own go where it shows them: ``all_objects_including_void().hard_delete()``.

        Raises:
            TypeError, NotSupportedError: the queryset is sliced, distinct, of values or a union.
            ProtectedError, RestrictedError: as Django does, before anything was changed.
        """
        from .hard import hard_delete_queryset

        self._check_deletable("hard_delete")
        counts = hard_delete_queryset(self._chain())  # type: ignore[attr-defined]
        self._result_cache = None
        return counts

    hard_delete.alters_data = True  # type: ignore[attr-defined]
    hard_delete.queryset_only = True  # type: ignore[attr-defined]

    async def ahard_delete(self) -> tuple[int, dict[str, int]]:
        """Do what hard_delete() does, in a thread."""
        return await sync_to_async(self.hard_delete)()

    ahard_delete.alters_data = True  # type: ignore[attr-defined]
    ahard_delete.queryset_only = True  # type: ignore[attr-defined]

    def restore(self) -> tuple[int, dict[str, int]]:
        """Bring back the void rows of this queryset with what their deletions took along.

        It looks at void rows whether the queryset shows them or not.

        Raises:
            RestoreConflict: an ancestor is void, or a live row has a unique value; nothing is
                restored.
        """
        from .restoring import restore_rows

        self._check_deletable("restore")
        if void_field_of(self.model) is None:
            return 0, {}
        chosen = self._chain()  # type: ignore[attr-defined]
        chosen._for_write = True
        counts = restore_rows(void_rows(chosen))
        self._result_cache = None
        return counts

    restore.alters_data = True  # type: ignore[attr-defined]
    restore.queryset_only = True  # type: ignore[attr-defined]

    async def arestore(self) -> tuple[int, dict[str, int]]:
        """Do what restore() does, in a thread."""
        return await sync_to_async(self.restore)()

    arestore.alters_data = True  # type: ignore[attr-defined]
    arestore.queryset_only = True  # type: ignore[attr-defined]

    def _check_deletable(self, name: str) -> None:
        """Refuse what Django refuses to delete."""
        self._not_support_combined_queries(name)  # type: ignore[attr-defined]
        if self.query.is_sliced:
            raise TypeError(f"Cannot use 'limit' or 'offset' with {name}().")
        if self.query.distinct_fields:
            raise TypeError(f"Cannot call {name}() after .distinct(*fields).")
        if self._fields is not None:  # type: ignore[attr-defined]
            raise TypeError(f"Cannot call {name}() after .values() or .values_list()")

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
        queryset = only_live(super().get_queryset())
        if INCLUDES_VOID.get():
            queryset.query.includes_void = True
        return queryset


def void_rows(queryset: Any) -> Any:
    """Return the void rows that a queryset's conditions choose, as a queryset of their own."""
    keys = queryset.all_objects_including_void().order_by().values("pk")
    manager = queryset.model._base_manager.using(queryset.db)
    return manager.filter(pk__in=keys, **{f"{VOID}__isnull": False})


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
