"""Whose data a row is, and for whom something is done."""

from .bound import across_entities, bind_entity, current_entity
from .errors import (
    EntityAlreadyBound,
    EntityChanged,
    EntityMismatch,
    EntityNotBound,
    EntityUndeclared,
)
from .paths import EntityPath, NoEntity, entities_of, entity_of, in_entity

__all__ = [
    "EntityAlreadyBound",
    "EntityChanged",
    "EntityMismatch",
    "EntityNotBound",
    "EntityPath",
    "EntityUndeclared",
    "NoEntity",
    "across_entities",
    "bind_entity",
    "current_entity",
    "entities_of",
    "entity_of",
    "in_entity",
]
