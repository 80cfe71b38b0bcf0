"""What is written is of the bound entity, and what it points to is, too."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models.fields.related import ForeignKey

from .bound import Bound, current_state
from .errors import EntityChanged, EntityMismatch
from .paths import EntityPath, entities_of, entity_of


def check_saved(
    *, sender: Any, instance: Any, raw: bool, using: str, update_fields: Any, **_: Any
) -> None:
    """Receive ``pre_save``: see check_objects. Fixtures are loaded as they are.

    Raises:
        EntityMismatch: the object, or one it points to, is of another entity than the bound one.
    """
    state = current_state()
    if isinstance(state, Bound) and not raw:
        check_objects(state, sender, [instance], using, update_fields)


def check_objects(
    state: Bound, model: Any, objects: Sequence[Any], using: str | None, names: Any = None
) -> None:
    """Check some objects of a model before they are written; one query for each model pointed to.

    ``names`` are the fields that are written, None for all; whose the objects are is checked in any
    case.
    """
    path = entity_of(model)
    if isinstance(path, EntityPath) and not path.fields:
        for each in objects:
            if each.pk != state.entity.pk or each._state.adding:
                raise EntityMismatch(model._meta.label, state.entity.pk)
    own = path.fields[0] if isinstance(path, EntityPath) and path.fields else None
    for field in model._meta.concrete_fields:
        is_own = own is not None and field.attname == own.attname
        if isinstance(field, ForeignKey) and (
            is_own or names is None or field.name in names or field.attname in names
        ):
            values = [each.__dict__.get(field.attname, models.DEFERRED) for each in objects]
            _check_values(state, field, values, using, is_own)
            if is_own and models.DEFERRED in values:
                _check_stored(state, model, [each.pk for each in objects], using)


def check_pointed(state: Bound, field: Any, keys: Iterable[Any], using: str | None) -> None:
    """Check what the values of a foreign key point to.

    Raises:
        EntityMismatch: a row is of another entity, or of none.
    """
    target = field.related_model._meta.concrete_model
    path = entity_of(target)
    if not isinstance(path, EntityPath):
        return
    if not path.leads_to(state.entity):
        raise EntityMismatch(_name(field), state.entity.pk)
    known = state.known if field.target_field.primary_key else ()
    wanted = {each for each in keys if (target, each) not in known}
    if not path.fields:
        allowed = getattr(state.entity, field.target_field.attname)
        if wanted - {allowed}:
            raise EntityMismatch(_name(field), state.entity.pk)
    elif wanted:
        found = entities_of(target, wanted, using, by=field.target_field.attname)
        if any(found.get(each, state.entity.pk) != state.entity.pk for each in wanted):
            raise EntityMismatch(_name(field), state.entity.pk)


def check_related(
    *, instance: Any, action: str, model: Any, pk_set: Any, using: str, **_: Any
) -> None:
    """Receive ``m2m_changed``: both sides of a relation are of the bound entity.

    Raises:
        EntityMismatch: one of them is not.
    """
    state = current_state()
    if action != "pre_add" or not isinstance(state, Bound):
        return
    sides: list[tuple[Any, Any]] = [(model, pk_set), (type(instance), {instance.pk})]
    for each, keys in sides:
        if isinstance(entity_of(each), EntityPath):
            found = entities_of(each, keys, using)
            if any(found.get(key) != state.entity.pk for key in keys):
                raise EntityMismatch(each._meta.label, state.entity.pk)


def check_unmoved(model: Any, rows: Any, moved: Sequence[tuple[Any, Any]]) -> None:
    """Check that rows keep their entity: each (row's key, new value of the path's first field).

    Raises:
        EntityChanged: one does not.
    """
    path = entity_of(model)
    assert isinstance(path, EntityPath)
    first = path.fields[0]
    before = dict(rows.values_list("pk", path.lookup))
    values = {value for _, value in moved if value is not None}
    after = entities_of(first.related_model, values, rows.db, by=first.target_field.attname)
    for key, value in moved:
        if key in before and before[key] != after.get(value):
            raise EntityChanged(model._meta.label)


def _check_stored(state: Bound, model: Any, keys: list[Any], using: str | None) -> None:
    """Ask the database whose rows are that were loaded without the way to their entity."""
    if any(each != state.entity.pk for each in entities_of(model, keys, using).values()):
        raise EntityMismatch(model._meta.label, state.entity.pk)


def _check_values(
    state: Bound, field: Any, values: list[Any], using: str | None, is_own: bool
) -> None:
    given = {each for each in values if each is not models.DEFERRED}
    if is_own and None in given:
        raise EntityMismatch(_name(field), state.entity.pk)
    if any(hasattr(each, "resolve_expression") for each in given):
        raise EntityMismatch(_name(field), state.entity.pk)
    check_pointed(state, field, given - {None}, using)


def _name(field: Any) -> str:
    return f"{field.model._meta.label}.{field.name}"
