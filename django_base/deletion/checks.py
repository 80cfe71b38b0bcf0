"""System checks of what would let void rows be seen, or rows vanish; they make no query."""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004
from django.db import models
from django.db.models.fields.related import ForeignObject

from ..capture.models import BaseModel
from .fields import VOID, VoidField, keep_when_void, void_field_of
from .queryset import BaseQuerySet, IsLive, includes_void
from .uniqueness_checks import check_uniqueness

_NAMES: Final = frozenset(
    {"is_void", "deletion", "restore", "arestore", "hard_delete", "ahard_delete"}
)
"""What a model of ours offers beside Django's own; a field of that name would hide it."""


def check_deletion(**_: Any) -> list[CheckMessage]:
    """Check the models that are deleted logically, and those that refer to them."""
    messages: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, BaseModel):
            messages += _check_names(model)
            messages += _check_managers(model)
            messages += check_uniqueness(model)
        if not model._meta.proxy:
            messages += _check_relations(model)
    return messages


def _check_names(model: type[models.Model]) -> Iterator[CheckMessage]:
    own = next((vars(each)[VOID] for each in model.__mro__ if VOID in vars(each)), None)
    field = getattr(own, "field", own)
    if not isinstance(field, VoidField | None):
        yield Error(
            f"{VOID!r} is {field!r} here, so the model has no flag of its own: its rows are hidden "
            "by nothing.",
            hint=f"Give it another name; or say {VOID} = None if its rows may really be deleted.",
            obj=model,
            id="backstory.E020",
        )
    for each in model._meta.get_fields():
        name = each.get_accessor_name() if isinstance(each, models.ForeignObjectRel) else each.name
        if name in _NAMES:
            yield Error(
                f"The field {each.name!r} takes the name {name!r} from BaseModel.",
                hint="Give it another name, or another related_name.",
                obj=model,
                id="backstory.E021",
            )


def _check_managers(model: type[models.Model]) -> Iterator[CheckMessage]:
    if void_field_of(model) is None:
        return
    default, base = model._meta.default_manager, model._meta.base_manager
    if default is None or not _shows_live(default):
        yield Error(
            f"The default manager {getattr(default, 'name', None)!r} shows void rows.",
            hint="Derive it from BaseManager: BaseManager.from_queryset(YourQuerySet), with a "
            "queryset derived from BaseQuerySet, and begin get_queryset() with super()'s.",
            obj=model,
            id="backstory.E022",
        )
    if _shows_live(base):
        yield Error(
            f"Meta.base_manager_name = {base.name!r} hides void rows: saving one of them would "
            "insert it anew, and following a reference to one would fail.",
            hint="Leave base_manager_name out, or name a plain models.Manager.",
            obj=model,
            id="backstory.E023",
        )


def _shows_live(manager: Any) -> bool:
    """Return whether a manager's querysets see live rows only, until they are told otherwise."""
    queryset = manager.get_queryset()
    hides = any(isinstance(each, IsLive) for each in queryset.query.where.children)
    return isinstance(queryset, BaseQuerySet) and hides and not includes_void(queryset.query)


def _check_relations(model: type[models.Model]) -> Iterator[CheckMessage]:
    for field in model._meta.local_fields:
        if isinstance(field, ForeignObject) and not field.remote_field.parent_link:
            yield from _check_cascade(field)
    if void_field_of(model) is not None:
        for relation in model._meta.private_fields:
            target: Any = relation.related_model
            if hasattr(relation, "bulk_related_objects") and _vanishes(target):
                yield _vanishing(f"Rows of {target._meta.label}", relation.name, model)


def _check_cascade(field: Any) -> Iterator[CheckMessage]:
    model, target = field.model, field.related_model
    on_delete = field.remote_field.on_delete
    flagged = void_field_of(model) is not None, void_field_of(target) is not None
    wrapped = on_delete.wrapped if isinstance(on_delete, keep_when_void) else on_delete
    if any(flagged) and hasattr(wrapped, "on_delete_sql"):
        yield Error(
            f"The reference {field.name!r} has a cascade of the database, {wrapped}: it knows "
            "nothing of void rows, and deletes rows physically.",
            hint="Take the on_delete of the same name without DB_: models.CASCADE, SET_NULL or "
            "SET_DEFAULT.",
            obj=model,
            id="backstory.E024",
        )
    elif on_delete is models.CASCADE and flagged == (True, False):
        yield Warning(
            f"The reference {field.name!r} cascades from {target._meta.label}, whose rows are "
            "deleted physically: the database refuses that while rows refer to it.",
            hint="Say on_delete=models.PROTECT, or SET_NULL; or derive "
            f"{target._meta.label} from BaseModel.",
            obj=model,
            id="backstory.W020",
        )
    elif on_delete is models.CASCADE and flagged == (False, True) and _vanishes(model):
        yield _vanishing("Its rows", field.name, model)


def _vanishing(rows: str, name: str, model: type[models.Model]) -> CheckMessage:
    return Warning(
        f"{rows} stay when what they refer to by {name!r} is voided: they have no flag, and lists "
        "of their own still show them.",
        hint="Derive the model from BaseModel (with void_id = None if you mean it so); or say "
        "on_delete=keep_when_void(models.CASCADE), or models.PROTECT.",
        obj=model,
        id="backstory.W021",
    )


def _vanishes(model: Any) -> bool:
    """Return whether a model has no flag, and nobody has said that this is meant so."""
    meant = issubclass(model, BaseModel) or model._meta.auto_created
    return void_field_of(model) is None and not meant
