"""What is wrong with a declaration, told at start-up and not in front of a visitor."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist

from schemas import ConfigurationError

from ..entities.paths import EntityPath, entity_of
from ..permissions import Permission
from ..permissions.predicates import asked_on
from .admission import site_reach
from .bodies import body_of
from .declaration import Declaration, declaration_of
from .reading import references_in


def check_declarations(**_: Any) -> list[CheckMessage]:
    """Check what each view of the URLconf declares; makes no query."""
    from ..gate.routes import walk  # the gate stands around views

    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    found = {}
    for route in walk().routes:
        declaration = declaration_of(route.callback)
        if declaration is None or not declaration.source:
            continue
        for problem in problems_of(declaration, route.callback, set(route.parameters)):
            found[route.view, problem] = Error(
                f"The view {route.view} at {route.url!r} {problem}",
                hint=f"It declares itself in {route.source}.",
                id="backstory.E062",
            )
    return list(found.values())


def problems_of(
    declaration: Declaration, callback: Callable[..., Any], parameters: set[str]
) -> list[str]:
    """Return what is wrong with a declaration at a URL with parameters, each with the way out."""
    return [
        *_of_entity(declaration, parameters),
        *_of_url(declaration, parameters),
        *_of_references(declaration),
        *_of_permission(declaration, callback),
    ]


def _of_entity(declaration: Declaration, parameters: set[str]) -> Iterator[str]:
    source = declaration.entity
    if source is None:
        return
    path = entity_of(source.model)
    label = source.model._meta.label
    if not isinstance(path, EntityPath) or path.fields:
        yield f"is about a {label}, which is no entity: only a model with entity = 'self' is."
    if source.parameter and source.parameter not in parameters:
        yield f"takes its entity from {source.parameter!r}, which is not in its URL."
    if not declaration.relaxes("public"):
        reach = declaration.reach or site_reach()
        if reach is None:
            yield "has an entity and no reach: say it there, or as BACKSTORY['reach'] for all."
        for leaf in reach.leaves if reach else ():
            if leaf.q is None:
                yield f"has the reach {leaf.name!r} without a queryset form: give it a q."


def _of_url(declaration: Declaration, parameters: set[str]) -> Iterator[str]:
    own = getattr(declaration.entity, "parameter", "")
    for name in sorted(parameters - {*declaration.url, own}):
        yield f"does not declare its URL's parameter {name!r}: add it to url, with its type."


def _of_references(declaration: Declaration) -> Iterator[str]:
    kinds = [*declaration.url.values(), *declaration.query.values()]
    references = [found for kind in kinds for found in references_in(kind)]
    for body in _values(declaration.body):
        try:
            read = body_of(body)
            references += read.references()
        except ConfigurationError as error:
            yield f"has a body that is none: {error}."
        else:
            yield from (f"is not closed: {problem}." for problem in read.problems())
    for each in {(reference.model, reference.field) for reference in references}:
        yield from _of_reference(declaration, *each)


def _of_reference(declaration: Declaration, model: Any, by: str) -> Iterator[str]:
    label, path = model._meta.label, entity_of(model)
    if by == "pk" and len(getattr(model._meta, "pk_fields", ())) > 1:
        yield f"names {label} by a key of several columns: use ref({model.__name__}, by=...)."
    try:
        model._meta.get_field(by) if by != "pk" else None
    except FieldDoesNotExist:
        yield f"names {label} by {by!r}, which is no field of it."
    if path is None:
        yield f"names {label}, which does not say whose its rows are: give it an entity, or None."
    elif isinstance(path, EntityPath) and declaration.entity is None:
        yield f"names {label}, which belongs to an entity, and says none itself."
    elif isinstance(path, EntityPath) and not path.leads_to(declaration.entity.model):
        yield f"names {label}, which belongs to a {path.root._meta.label} and not to its entity."


def _of_permission(declaration: Declaration, callback: Callable[..., Any]) -> Iterator[str]:
    names = {*declaration.url, *declaration.query, *_named_by(declaration)}
    has_objects = bool(declaration.body) or any(
        references_in(kind) for kind in (*declaration.url.values(), *declaration.query.values())
    )
    for permission in _values(declaration.permission):
        assert isinstance(permission, Permission)
        if permission.asks_of_objects and not has_objects:
            yield f"takes {permission.name!r}, which asks of objects, and names none."
        for leaf in permission.leaves:
            if inspect.iscoroutinefunction(leaf.test) and not iscoroutinefunction(callback):
                yield f"takes {leaf.name!r}, a coroutine function, and is synchronous itself."
        for parameter in asked_on(permission):
            if parameter not in names:
                yield f"asks on {parameter!r}, which it does not declare."


def _named_by(declaration: Declaration) -> Iterator[str]:
    for body in _values(declaration.body):
        try:
            yield from body_of(body).parameters()
        except ConfigurationError:
            continue  # is told with the references


def _values(said: Any) -> list[Any]:
    if said is None:
        return []
    return list(said.values()) if isinstance(said, Mapping) else [said]
