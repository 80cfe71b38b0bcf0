"""The way from a row to the legal entity whose data it is, along foreign keys."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.fields.related import ForeignKey

from .errors import EntityUndeclared

Model = type[models.Model]


@dataclass(frozen=True)
class EntityPath:
    """How a model's rows lead to their entity.

    Attributes:
        model: the concrete model.
        root: the model of the entities.
        fields: the foreign keys in their order; none on the entity itself.
    """

    model: Model
    root: Model
    fields: tuple[Any, ...]

    @property
    def lookup(self) -> str:
        """The entity's key as a lookup of the model, such as ``certificate__company__pk``."""
        return "__".join([*(each.name for each in self.fields), "pk"])

    def leads_to(self, model: Any) -> bool:
        """Return whether the entities are those of a model; there may be several kinds of them."""
        return self.root is model._meta.concrete_model

    def q(self, entity_key: Any) -> Q:
        """Return the condition that holds for the rows of an entity."""
        return Q(**{self.lookup: entity_key})


@dataclass(frozen=True)
class NoEntity:
    """A model whose rows are nobody's own, and why."""

    model: Model
    reason: str


class UnknownStep(Exception):  # noqa: N818
    """A path that leads nowhere; the text says where it ends, and what could stand there."""


@cache
def entity_of(model: Model) -> EntityPath | NoEntity | None:
    """Return whose a model's rows are; None where it does not say, or says what is not there.

    No query is made.
    """
    model = model._meta.concrete_model or model
    options = _options_of(model)
    if options is None:
        return None
    if options.entity_reason:
        return NoEntity(model, options.entity_reason)
    try:
        return path_of(model, options.entity) if options.entity else None
    except UnknownStep:
        return None


def declared_entity_of(model: Model) -> EntityPath | NoEntity:
    """Return the same of a model that must say it.

    Raises:
        EntityUndeclared: it does not.
    """
    found = entity_of(model)
    if found is None:
        raise EntityUndeclared(model._meta.label)
    return found


def path_of(model: Model, dotted: str) -> EntityPath:
    """Return the path that a model declares.

    Raises:
        UnknownStep: it has a step that is no foreign key, or ends at no entity.
    """
    if dotted == "self":
        return EntityPath(model, model, ())
    fields: list[Any] = []
    here: Any = model
    for step in dotted.split("."):
        keys = {each.name: each for each in here._meta.get_fields() if isinstance(each, ForeignKey)}
        if step not in keys:
            raise UnknownStep(
                f"{step!r} is no foreign key of {here._meta.label!r}: choose from {sorted(keys)}"
            )
        fields.append(keys[step])
        here = keys[step].related_model._meta.concrete_model
    theirs = _options_of(here)
    if theirs is None or theirs.entity != "self":
        more = f"; it leads on by {theirs.entity!r}" if theirs and theirs.entity else ""
        raise UnknownStep(
            f"it ends at {here._meta.label!r}, which is no entity (entity = 'self'){more}"
        )
    return EntityPath(model, here, tuple(fields))


def in_entity(model: Model, entity_key: Any) -> Q:
    """Return the condition for a model's rows of an entity; no condition where they are nobody's.

    Raises:
        EntityUndeclared: the model does not say whose its rows are.
    """
    path = declared_entity_of(model)
    return path.q(entity_key) if isinstance(path, EntityPath) else Q()


def entities_of(
    model: Model, keys: Any, using: str | None = None, *, by: str = "pk"
) -> dict[Any, Any]:
    """Return the keys of the entities of some rows, void ones too, in one query.

    ``by`` is the unique field that the keys are values of. Rows that are not there are left out; a
    row whose path is interrupted by NULL has None.
    """
    path = declared_entity_of(model)
    if not isinstance(path, EntityPath):
        return {}
    rows = path.model._base_manager.using(using).filter(**{f"{by}__in": list(keys)})
    return dict(rows.values_list(by, path.lookup))


def _options_of(model: Model) -> Any:
    from ..capture.registry import options_of  # base models are defined before it can be loaded

    return options_of(model)
