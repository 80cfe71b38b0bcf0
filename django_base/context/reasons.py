"""What the database says when a write needs a reason and has none, as an exception of ours."""

from collections.abc import Sequence
from typing import Any, Final

from django.apps import apps
from django.core import mail
from django.db import IntegrityError
from msgspec.structs import replace

from schemas import EventError

from .scope import Scope

_SQLSTATE: Final = "23R01"  # raised by sql/demand_reason.sql


class ReasonRequired(EventError, IntegrityError):  # noqa: N818
    """A model demands a reason for what was written, and none was given; nothing was kept.

    Attributes:
        model: the model's label.
        fields: the changed fields that demand it; empty where any write does.
    """

    def __init__(self, model: str, fields: Sequence[str] = ()) -> None:
        self.model = model
        self.fields = tuple(fields)
        what = f"a change of {', '.join(map(repr, fields))} of {model!r}" if fields else repr(model)
        super().__init__(
            f"{what} needs a reason: write inside bind_context(reason=…) or action(…, reason=…)"
        )


def as_reason_required(error: IntegrityError) -> ReasonRequired | None:
    """Return what the database meant, if that was that a reason is missing."""
    cause: Any = error.__cause__
    if getattr(cause, "sqlstate", None) != _SQLSTATE:
        return None
    label, columns = cause.diag.constraint_name, cause.diag.column_name
    return ReasonRequired(label, _fields(label, columns.split(",") if columns else ()))


def _fields(label: str, columns: Sequence[str]) -> list[str]:
    """Return the names of a model's fields; of one that is no longer there, its columns."""
    models = [each for each in apps.get_models() if each._meta.label == label]
    names = {field.column: field.name for each in models for field in each._meta.concrete_fields}
    return [names.get(column, column) for column in columns]


def with_reason_of_tests(scope: Scope, statement: Any) -> Scope:
    """Return the scope, with a reason where Django's test runner empties tables between tests."""
    if scope.said.reason or not isinstance(statement, str) or statement[:8] != "TRUNCATE":
        return scope
    if not hasattr(mail, "outbox"):  # which only Django's test runner makes
        return scope
    return Scope(replace(scope.said, reason="emptied between two tests"), scope.visitor)
