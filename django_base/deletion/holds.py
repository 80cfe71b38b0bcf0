"""Legal holds: what no purge removes until somebody releases it."""

from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID, uuid4

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.functions import Now

from schemas import EventError

from ..capture.registry import options_of
from ..databases import placed
from ..subjects import subject_of
from .fields import VOID, void_field_of

KINDS: Final = ("subject", "entity", "deletion")


class HoldRefused(EventError):  # noqa: N818
    """A hold was to be placed or released without saying on what, who, or why."""


class Hold(models.Model):
    """A hold on a row, on all rows of an entity, or on what one deletion took.

    Attributes:
        kind: ``subject``, ``entity`` or ``deletion``.
        target: a subject such as ``captable.Company/3`` (of a row, or of the entity), or the
            deletion's id.
        placed_by, reason: who ordered it, and why.
        released_at: when it ended; None while it is in force.
    """

    id: "models.Field[Any, Any]" = models.UUIDField(primary_key=True, default=uuid4)
    kind: "models.Field[Any, Any]" = models.CharField(max_length=10)
    target: "models.Field[Any, Any]" = models.TextField()
    placed_by: "models.Field[Any, Any]" = models.TextField()
    reason: "models.Field[Any, Any]" = models.TextField()
    placed_at: "models.Field[Any, Any]" = models.DateTimeField(db_default=Now())
    released_by: "models.Field[Any, Any]" = models.TextField(null=True)
    release_reason: "models.Field[Any, Any]" = models.TextField(null=True)
    released_at: "models.Field[Any, Any]" = models.DateTimeField(null=True)

    class Meta:
        app_label = "backstory"
        db_table = placed("backstory_hold")
        managed = False

    def __str__(self) -> str:
        return f"{self.kind} {self.target} ({self.placed_by}: {self.reason})"


def place_hold(
    kind: str, target: Any, *, by: str, reason: str, using: str = DEFAULT_DB_ALIAS
) -> Hold:
    """Keep purges away from a row, an entity or a deletion, until the hold is released.

    Args:
        kind: ``subject``, ``entity`` or ``deletion``.
        target: an object or its subject, or the deletion or its id.
        by, reason: who ordered it, and why.

    Raises:
        HoldRefused: one of these is missing, or the target is none of that kind.
    """
    text = subject_of(target) if isinstance(target, models.Model) else str(target)
    if kind == "deletion":
        text = text.rpartition("/")[2]
    if kind not in KINDS:
        raise HoldRefused(f"{kind!r} is no kind of hold: choose from {list(KINDS)}")
    if not by.strip() or not reason.strip():
        raise HoldRefused("a hold says who ordered it (by) and why (reason)")
    if not _is_target(kind, text):
        form = "the id of a deletion" if kind == "deletion" else "'app.Model/3', with a key it has"
        raise HoldRefused(f"{text!r} cannot be held as {kind!r}: give {form}")
    return Hold.objects.using(using).create(kind=kind, target=text, placed_by=by, reason=reason)


def release_hold(hold_id: UUID, *, by: str, reason: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """End a hold; its row stays, with who ended it and why.

    Raises:
        HoldRefused: nobody or no reason is named, or no such hold is in force.
    """
    if not by.strip() or not reason.strip():
        raise HoldRefused("releasing a hold says who does it (by) and why (reason)")
    in_force = Hold.objects.using(using).filter(pk=hold_id, released_at=None)
    if not in_force.update(released_by=by, release_reason=reason, released_at=Now()):
        raise HoldRefused(f"no hold {str(hold_id)!r} is in force: see backstory_hold list")


def held(model: type[models.Model], holds: list[Hold]) -> models.Q:
    """Return the condition that a row of a model is held; one that never holds where none is."""
    labels = {each._meta.label for each in (model, *model._meta.all_parents)}
    options = options_of(model)
    entity = options.entity.replace(".", "__") if options else ""
    found = models.Q(pk__in=[])
    for hold in holds:
        label, _, key = hold.target.partition("/")
        if hold.kind == "deletion":
            if void_field_of(model) is not None:
                found |= models.Q(**{VOID: hold.target})
        elif label in labels:
            found |= _has_key(model, "pk", key)
        elif hold.kind == "entity" and entity and _entity_label(model, entity) == label:
            found |= _has_key(model, entity, key)
    return found


def _has_key(model: type[models.Model], lookup: str, key: str) -> models.Q:
    meta: Any = model._meta
    parts = getattr(meta, "pk_fields", None)
    if lookup == "pk" and parts and len(parts) > 1:
        return models.Q(pk=tuple(unquote(part) for part in key.split(",")))
    return models.Q(**{lookup: key})


def _entity_label(model: Any, entity: str) -> str:
    """Return the label of what an entity's path leads to; nothing where it is the row itself."""
    if entity == "self":
        return ""
    for name in entity.split("__"):
        model = model._meta.get_field(name).related_model
    return str(model._meta.concrete_model._meta.label)


def _is_target(kind: str, text: str) -> bool:
    label, _, key = text.partition("/")
    try:
        if kind == "deletion":
            return bool(UUID(text))
        model: Any = apps.get_model(label)
        model._base_manager.filter(_has_key(model, "pk", key))
    except (LookupError, ValueError, ValidationError):
        return False
    is_hash = not key or key.startswith("hash:")  # of a key that is too long, or held back
    return not is_hash and bool(model._meta.concrete_model._meta.label == label)
