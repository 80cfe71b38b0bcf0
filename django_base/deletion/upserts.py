"""Upserts that never write to a void row."""

from collections.abc import Collection
from typing import Any

from django.db import NotSupportedError

from .fields import VOID, void_field_of
from .uniqueness import UniqueAmongLive


class LiveUpserts:
    """Of a queryset: ``bulk_create(update_conflicts=True)`` that updates live rows only."""

    def bulk_create(
        self,
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> Any:
        """Insert objects, as Django does; a conflict with a void row raises IntegrityError.

        The flag is updated, too, and the database refuses to change that outside of a deletion. A
        conflict that is ignored is ignored with void rows as well, as it is Django's meaning.

        Raises:
            NotSupportedError: the fields are unique among live rows only: PostgreSQL cannot aim an
                upsert at that.
        """
        model: Any = self.model  # type: ignore[attr-defined]
        if update_conflicts and void_field_of(model) is not None:
            _check_target(model, unique_fields or ())
            update_fields = [*(update_fields or ()), VOID] if update_fields else update_fields
        return super().bulk_create(  # type: ignore[misc]
            objs, batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields
        )


def _check_target(model: Any, names: Collection[str]) -> None:
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueAmongLive) and set(constraint.fields) == set(names):
            raise NotSupportedError(
                f"an upsert cannot aim at {constraint.name!r} of {model._meta.label!r}: it is a "
                "partial index. Use update_or_create(), or an unconditional UniqueConstraint"
            )
