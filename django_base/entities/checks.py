"""System checks of what models say of their entity; no query is made."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import models

from ..capture.registry import captured_models, options_of
from ..settings import backstory_settings
from .paths import EntityPath, UnknownStep, entity_of, path_of


def check_entities(**_: Any) -> list[CheckMessage]:
    """Check each path; where an entity is required, that each captured model says whose it is."""
    messages: list[CheckMessage] = []
    for model in apps.get_models():
        messages += _check_path(model)
    if backstory_settings().require_entity:
        for captured in captured_models():
            if captured.kind != "through" and entity_of(captured.model) is None:
                messages.append(_undeclared(captured.model))
    return messages


def _check_path(model: type[models.Model]) -> Iterator[CheckMessage]:
    options = None if model._meta.proxy else options_of(model)
    if options is None or not options.entity:
        return
    try:
        path_of(model, options.entity)
    except UnknownStep as error:
        keys = [each.name for each in model._meta.get_fields() if each.many_to_one]
        yield Error(
            f"Backstory has entity = {options.entity!r}, which leads to no entity: {error}.",
            hint=f"Name the foreign keys that lead to it, dotted; here begin {sorted(keys)}. Or "
            "entity = None with an entity_reason.",
            obj=model,
            id="backstory.E060",
        )


def _undeclared(model: type[models.Model]) -> CheckMessage:
    return Error(
        "The model does not say whose its rows are, and BACKSTORY['require_entity'] is on.",
        hint="Give its class Backstory (or its call of track) an entity, or entity = None and an "
        "entity_reason.",
        obj=model,
        id="backstory.E061",
    )


def relations_of_entities() -> list[Any]:
    """Return the tables that Django made for relations whose two sides belong to entities."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.auto_created:
            keys = [each for each in model._meta.concrete_fields if each.many_to_one]
            targets: list[Any] = [each.related_model for each in keys]
            if any(isinstance(entity_of(each), EntityPath) for each in targets):
                found.append(model)
    return found
