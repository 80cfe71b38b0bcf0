"""The lasting names of objects and people."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from producer import subject_of as name_of_row
from schemas import Actor


def subject_of(thing: models.Model | str) -> str:
    """Return ``app.Model/key``, the same name the relay gives the row; a text is one already."""
    if isinstance(thing, str):
        return thing
    concrete = thing._meta.concrete_model or type(thing)
    parts = getattr(concrete._meta, "pk_fields", None) or [concrete._meta.pk]
    key = [_written(part, part.get_prep_value(getattr(thing, part.attname))) for part in parts]
    return name_of_row(concrete._meta.label, key)


def _written(part: "models.Field[Any, Any]", value: Any) -> str:
    """Return a part of a key as PostgreSQL writes it in a row's image."""
    while isinstance(part, models.ForeignKey):
        part = part.target_field
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal) and isinstance(part, models.DecimalField):
        return str(value) if part.decimal_places is None else f"{value:.{part.decimal_places}f}"
    if isinstance(value, datetime):
        aware = timezone.make_aware(value) if timezone.is_naive(value) else value
        moment, dot, fraction = f"{aware.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}".rpartition(".")
        return moment + (dot + fraction).rstrip(".0") + "+00:00"
    return str(value)


def actor_of(user: Any) -> Actor:
    """Return a user, a ``schemas.Actor`` or a plain id (text or number) as an actor."""
    if isinstance(user, Actor):
        return user
    if isinstance(user, str | int):
        return Actor(id=str(user))
    key = "" if user.pk is None else str(user.pk)
    return Actor(id=key, username=str(user.get_username()) if key else "")
