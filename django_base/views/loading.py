"""Loads all that a request names: one query for the entity, and one for each model."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q

from ..entities.bound import Across, in_state
from ..entities.paths import NoEntity, declared_entity_of
from .references import Ref

_LOADING: Final = Across("what a request names is looked up")
_NOBODY: Final = Q(pk__isnull=True)  # keeps the query in being where no key is left


def load_entity(reference: "Ref[Any]", reach: Q) -> Any:
    """Return the live entity if it is within reach, None otherwise; always one query."""
    with in_state(_LOADING):
        condition = _NOBODY if reference.key is None else Q(pk=reference.key)
        entity = reference.model._default_manager.filter(condition, reach).first()
    reference.found(entity)
    return entity


def load_objects(references: Iterable["Ref[Any]"], entity: "Ref[Any] | None") -> "list[Ref[Any]]":
    """Give each reference its live object of the entity, and return those that have none.

    There is one query a model, whatever was sent: also for keys that are malformed, or where the
    entity is not there. References to entities are compared with that of the page.
    """
    by_model: dict[Any, list[Ref[Any]]] = defaultdict(list)
    missing = []
    for each in references:
        if entity is not None and each.model is entity.model:
            each.found(_as_entity(each, entity))
            missing += [] if each._found is not None else [each]
        else:
            by_model[each.model].append(each)
    for model, named in by_model.items():
        found = _found(model, named, entity)
        for each in named:
            each.found(found.get((each.field, each.key)))
            missing += [] if each._found is not None else [each]
    return missing


def _as_entity(reference: "Ref[Any]", entity: "Ref[Any]") -> Any:
    there = entity._found
    same = there is not None and getattr(there, reference.field) == reference.key
    return there if same else None


def _own(model: Any, entity: "Ref[Any] | None") -> Q:
    """Return the condition for what a page may name of a model.

    Raises:
        EntityUndeclared: the model does not say whose its rows are.
    """
    path = declared_entity_of(model)
    if isinstance(path, NoEntity):
        return Q()
    if entity is None or entity.key is None or not path.leads_to(entity.model):
        return _NOBODY
    return path.q(entity.key)


def _found(model: Any, named: "list[Ref[Any]]", entity: "Ref[Any] | None") -> dict[Any, Any]:
    """Return the rows by (field, key)."""
    keys: dict[str, set[Any]] = defaultdict(set)
    for each in named:
        if each.key is not None:
            keys[each.field].add(each.key)
    condition = _NOBODY
    for field, values in keys.items():
        condition |= Q(**{f"{field}__in": values})
    with in_state(_LOADING):
        rows = list(model._default_manager.filter(condition, _own(model, entity)))
    return {(field, getattr(row, field)): row for row in rows for field in keys}
