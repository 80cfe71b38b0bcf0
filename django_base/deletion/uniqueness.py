"""Uniqueness among live rows: a void row gives its values free."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Self

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q, UniqueConstraint, Value

from .fields import VOID

_ANY: Final = Q(Value(True))
"""No condition but the flag's. It keeps Django from taking the index for one of all rows."""


INCLUDES_VOID: ContextVar[bool] = ContextVar("backstory_includes_void", default=False)
"""Whether managers give void rows as well; for validation, which asks default managers."""


@contextmanager
def validating(*, includes_void: bool) -> Iterator[None]:
    """Let Django validate inside against void rows as well, or against live rows only."""
    token = INCLUDES_VOID.set(includes_void)
    try:
        yield
    finally:
        INCLUDES_VOID.reset(token)


class UniqueAmongLive(UniqueConstraint):
    """No two live rows have the same values; void rows may::

        class Meta:
            constraints = (
                UniqueAmongLive(fields=("company", "number"), name="one_live_certificate_a_number"),
            )

    A partial unique index, ``WHERE void_id IS NULL``. Takes what Django's UniqueConstraint takes
    but ``deferrable``, and validates like it: in ``full_clean``, in model forms, and (constraints
    of fields, not of expressions) in serializers of Django REST framework.

    PostgreSQL lets a partial index be the target of neither a foreign key nor ``ON CONFLICT
    (column)``: ``ForeignKey(to_field=...)`` and ``bulk_create(update_conflicts=True)`` need an
    unconditional one.

    Raises:
        ValueError: ``deferrable`` is given.
    """

    def __init__(self, *expressions: Any, condition: Q | None = None, **options: Any) -> None:
        if options.get("deferrable"):
            raise ValueError(
                "UniqueAmongLive is a partial index, and PostgreSQL cannot defer those: "
                "leave deferrable out, or take UniqueConstraint"
            )
        super().__init__(
            *expressions, condition=_ANY if condition is None else condition, **options
        )
        self.asked = condition

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise ValidationError where the database would refuse to write an instance.

        A field that is excluded is not validated, as with Django's constraint; but the fields of
        the condition are always looked at, whether a form shows them or not.
        """
        if not instance._state.adding and getattr(instance, VOID, None) is not None:
            return
        if exclude and self.asked is not None:
            exclude = set(exclude) - (self.asked.referenced_base_fields - set(self.fields))
        with validating(includes_void=False):
            UniqueConstraint.validate(self._with(self.asked), model, instance, exclude, using)

    def deconstruct(self) -> Any:
        """Return how a migration makes it."""
        _, expressions, kwargs = UniqueConstraint.deconstruct(self._with(self.asked))
        return "django_base.UniqueAmongLive", expressions, kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UniqueAmongLive) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]  # as Django's

    def __repr__(self) -> str:
        return UniqueConstraint.__repr__(self._with(self.asked))

    def _get_condition_sql(self, model: Any, schema_editor: Any) -> Any:
        live = Q(**{f"{VOID}__isnull": True})
        of_rows = self._with(live if self.asked is None else live & self.asked)
        return UniqueConstraint._get_condition_sql(of_rows, model, schema_editor)  # type: ignore[attr-defined]

    def _with(self, condition: Q | None) -> Self:
        """Return a copy for Django's own code, which reads only ``condition``."""
        made = copy.copy(self)
        made.condition = condition
        return made
