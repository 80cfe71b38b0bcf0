"""The lasting names of objects and people."""

from typing import Any

from django.db import models

from producer import subject_of as name_of_row
from schemas import Actor


def subject_of(thing: models.Model | str) -> str:
    """Return ``app.Model/key``, the same name the relay gives the row; a text is one already."""
    if isinstance(thing, str):
        return thing
    concrete = thing._meta.concrete_model or type(thing)
    parts = getattr(concrete._meta, "pk_fields", None) or [concrete._meta.pk]
    key = [str(part.get_prep_value(getattr(thing, part.attname))) for part in parts]
    return name_of_row(concrete._meta.label, key)


def actor_of(user: Any) -> Actor:
    """Return a user, a ``schemas.Actor`` or a plain id (text or number) as an actor."""
    if isinstance(user, Actor):
        return user
    if isinstance(user, str | int):
        return Actor(id=str(user))
    key = "" if user.pk is None else str(user.pk)
    return Actor(id=key, username=str(user.get_username()) if key else "")
