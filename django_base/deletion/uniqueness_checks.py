"""System checks of uniqueness: where it should be among live rows, and where it cannot be."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.db import models

from .fields import VOID, void_field_of
from .uniqueness import UniqueAmongLive


def check_uniqueness(model: type[models.Model]) -> Iterator[CheckMessage]:
    """Check what a model declares itself."""
    if model._meta.proxy:
        return
    flag = void_field_of(model)
    flagged = flag is not None and flag.model._meta.concrete_model is model
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueAmongLive):
            yield from _check_ours(model, constraint, flagged=flagged)
    if flagged:
        yield from _suggest(model)


def _check_ours(
    model: type[models.Model], constraint: UniqueAmongLive, *, flagged: bool
) -> Iterator[CheckMessage]:
    if not flagged:
        yield Error(
            f"UniqueAmongLive {constraint.name!r} needs {VOID!r}, which the model's own table does "
            "not have.",
            hint="Take models.UniqueConstraint; or put the fields and the constraint on the parent "
            "whose table has it.",
            obj=model,
            id="backstory.E025",
        )
    for name in constraint.fields:
        field: Any = model._meta.get_field(name)
        if field.unique:
            yield Error(
                f"UniqueAmongLive {constraint.name!r} gives nothing free: {name!r} is unique among "
                "all rows, void ones too.",
                hint=_instead_of(field),
                obj=model,
                id="backstory.E026",
            )


def _instead_of(field: Any) -> str:
    if field.one_to_one:
        return (
            f"Make {field.name!r} a ForeignKey with a related_name in the plural; among live rows "
            "that finds one. Or leave the constraint out."
        )
    if field.primary_key or _is_target(field):
        return "References need all rows to be unique: leave the constraint out."
    return f"Leave unique=True of {field.name!r} out; or the constraint."


def _suggest(model: type[models.Model]) -> Iterator[CheckMessage]:
    fields: list[Any] = [each for each in model._meta.local_fields if each.unique]
    for field in fields:
        if not (field.primary_key or field.one_to_one or _is_target(field)):
            yield _suggestion(model, f"The field {field.name!r}", (field.name,))
    for names in model._meta.unique_together:
        yield _suggestion(model, f"unique_together {tuple(names)!r}", names)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and _fits(constraint, model):
            yield _suggestion(model, f"The constraint {constraint.name!r}", constraint.fields)


def _fits(constraint: models.UniqueConstraint, model: type[models.Model]) -> bool:
    condition: Any = constraint.condition
    about_the_flag = condition is not None and VOID in condition.referenced_base_fields
    if isinstance(constraint, UniqueAmongLive) or constraint.deferrable or about_the_flag:
        return False
    single = [model._meta.get_field(name) for name in constraint.fields[:1]]
    return not (len(constraint.fields) == 1 and _is_target(single[0]))


def _suggestion(model: type[models.Model], what: str, names: Any) -> CheckMessage:
    fields = f"fields={tuple(names)!r}, " if names else "..., "
    return Info(
        f"{what} is unique among all rows: a void row keeps its value from live ones.",
        hint=f"If a value may be used again, say UniqueAmongLive({fields}name=...) instead.",
        obj=model,
        id="backstory.I020",
    )


def _is_target(field: Any) -> bool:
    """Return whether a foreign key refers to the field (``to_field``)."""
    references = field.model._meta.get_fields(include_hidden=True)
    keys = (each.field for each in references if isinstance(each, models.ForeignObjectRel))
    return any(field in getattr(key, "foreign_related_fields", ()) for key in keys)
