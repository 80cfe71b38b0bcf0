"""The flag of a row that is void, and the exception to a cascade that a reference can declare."""

import sys
from typing import Any

from django.db import models

VOID = "void_id"
"""The name of the flag, the same on every model that has it."""


class VoidField(models.UUIDField):  # type: ignore[type-arg]
    """The deletion that took a row; NULL for a live one.

    Migrations see a plain ``UUIDField``: they need nothing of ours. A row that is inserted is live,
    whatever object it is made of: a copy of a void object is a new object.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"null": True, "default": None, "editable": False, **options})
        self.creation_counter = sys.maxsize  # the last column, as in a table that gets it later

    def deconstruct(self) -> Any:
        """Return how a migration makes the column."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.UUIDField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return what is written: nothing for a new row."""
        if add:
            setattr(model_instance, self.attname, None)
        return super().pre_save(model_instance, add)


def void_field_of(model: Any) -> VoidField | None:
    """Return a model's flag, which may be its parent's; None for one whose rows are really deleted.

    Models of migrations have none: what a migration does, it does to void rows, too.
    """
    found = model._meta.__dict__.get("_backstory_void", False)
    if found is False:
        fields = model._meta.concrete_fields
        found = next((each for each in fields if isinstance(each, VoidField)), None)
        model._meta._backstory_void = found
    return found  # type: ignore[no-any-return]


class keep_when_void:  # noqa: N801  (stands where Django has CASCADE)
    """An exception to the cascade: ``on_delete=keep_when_void(models.CASCADE)``.

    Voiding leaves the row and its reference alone; following it gives the void row. Hard deletion
    does what is wrapped.
    """

    def __init__(self, wrapped: Any) -> None:
        if not callable(wrapped):
            raise TypeError(f"{wrapped!r} is no on_delete: give models.CASCADE or its like")
        self.wrapped = wrapped
        self.lazy_sub_objs = getattr(wrapped, "lazy_sub_objs", False)

    def __call__(self, collector: Any, field: Any, sub_objs: Any, using: Any) -> None:
        """Do what is wrapped: Django's Collector calls this, which removes rows for good."""
        self.wrapped(collector, field, sub_objs, using)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return how a migration says it."""
        return "django_base.keep_when_void", (self.wrapped,), {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, keep_when_void) and other.wrapped == self.wrapped

    def __hash__(self) -> int:
        return hash((keep_when_void, self.wrapped))
