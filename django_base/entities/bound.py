"""The entity in force here: an immutable value in a ContextVar, set and put back by token."""

from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from django.db import models
from msgspec.structs import replace

from schemas import ConfigurationError, Context

from ..context.scope import Scope, bind_scope, current_scope
from ..settings import backstory_settings
from ..subjects import subject_of
from .errors import EntityAlreadyBound, EntityNotBound
from .paths import EntityPath, entity_of


@dataclass(frozen=True)
class Bound:
    """What is done here is done for one entity.

    Attributes:
        known: the objects that were found to be its own, as (model, key).
    """

    entity: models.Model
    known: frozenset[tuple[Any, Any]] = frozenset()


@dataclass(frozen=True)
class Across:
    """What is done here is about several entities, and why."""

    reason: str


@dataclass(frozen=True)
class Unbound:
    """What is done here must not touch any entity's rows."""


State = Bound | Across | Unbound

_state: ContextVar[State | None] = ContextVar("backstory.entity", default=None)


def current_state() -> State | None:
    """Return what holds here; None where nobody demands anything."""
    found = _state.get()
    if found is None and backstory_settings().require_entity:
        return Unbound()
    return found


def current_entity() -> Any:
    """Return the entity bound here.

    Raises:
        EntityNotBound: there is none.
    """
    state = _state.get()
    if not isinstance(state, Bound):
        raise EntityNotBound
    return state.entity


class in_state:  # noqa: N801  (a verb in a with statement)
    """Let a state hold until the block ends, and events carry its entity."""

    __slots__ = ("_scope", "_state", "_token")

    def __init__(self, state: State) -> None:
        self._state = state

    def __enter__(self) -> State:
        self._token: Token[State | None] = _state.set(self._state)
        outer = current_scope()
        self._scope = bind_scope(Scope(_said(outer.said, self._state), outer.visitor))
        self._scope.__enter__()
        return self._state

    def __exit__(self, *_: object) -> None:
        self._scope.__exit__()
        _state.reset(self._token)


def _said(outer: Context, state: State) -> Context:
    """Return what events made in a state say: its entity, none where it is about several."""
    if isinstance(state, Unbound):
        return outer
    return replace(outer, entity=subject_of(state.entity) if isinstance(state, Bound) else "")


def bind_entity(entity: models.Model) -> in_state:
    """Do something for one entity, in a task or a command::

        with bind_entity(company):
            Certificate.objects.filter(company=company).count()

    Events made inside carry it. Views that declare an entity do it by themselves.

    Raises:
        ConfigurationError: the object is no entity.
        EntityAlreadyBound: another entity is bound.
    """
    path = entity_of(type(entity))
    if not isinstance(path, EntityPath) or path.fields:
        raise ConfigurationError(
            [f"{type(entity)._meta.label!r} is no entity: only a model with entity = 'self' is"]
        )
    state = _state.get()
    if isinstance(state, Bound) and state.entity != entity:
        raise EntityAlreadyBound(subject_of(state.entity), subject_of(entity))
    return in_state(Bound(entity))


def across_entities(*, reason: str) -> in_state:
    """Do something that is about several entities, and say why::

    with across_entities(reason="the nightly report counts all companies"):
        Certificate.objects.count()
    """
    if not isinstance(reason, str) or not reason.strip():
        raise ConfigurationError([f"across_entities() has reason = {reason!r}: say why, as text"])
    return in_state(Across(reason))
