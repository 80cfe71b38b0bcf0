"""Permissions: plain predicates of two values, put together with ``&``, ``|`` and ``~``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, Self

from django.db.models import Q

from schemas import ConfigurationError

_OBJECT_ARGUMENTS = 3


class _Operators:
    """What a permission, and a class of them, can be put together with."""

    def __and__(self, other: Any) -> Permission:
        return Both(as_permission(self), as_permission(other))

    def __rand__(self, other: Any) -> Permission:
        return Both(as_permission(other), as_permission(self))

    def __or__(self, other: Any) -> Permission:
        return Either(as_permission(self), as_permission(other))

    def __ror__(self, other: Any) -> Permission:
        return Either(as_permission(other), as_permission(self))

    def __invert__(self) -> Permission:
        return Not(as_permission(self))


class _Class(_Operators, type):  # type: ignore[misc]
    """Lets the class stand for its instance: ``IsMember & HasRole("admin")``."""

    def __or__(cls, other: Any) -> Any:
        """Leave ``Permission | None``, an annotation, what it is."""
        return super().__or__(other) if _is_permission(other) else type.__or__(cls, other)


class Permission(_Operators, metaclass=_Class):
    """A question with two answers. Subclasses ask about the entity, or about each object::

        class HasRole(Permission):
            def __init__(self, role): self.role = role
            def test(self, actor, entity): return entity.roles.filter(...).exists()

        class IsOwn(Permission):
            def test(self, actor, entity, obj): return obj.holder_id == actor.pk
            def q(self, actor, entity): return Q(holder=actor.pk)

    ``test`` may be a coroutine function. ``q`` is the same rule as a condition on the objects' rows
    (for a reach: on the entities'), so that lists show exactly what details allow. Two permissions
    of one class with the same attributes are the same question, asked once.
    """

    test: Callable[..., Any]
    q: Callable[[Any, Any], Q] | None = None

    @property
    def name(self) -> str:
        """What it is called where a denial is explained."""
        said = ", ".join(f"{name}={value!r}" for name, value in sorted(vars(self).items()))
        return f"{type(self).__qualname__}({said})" if said else type(self).__qualname__

    @property
    def parts(self) -> tuple[Permission, ...]:
        """What it is put together from; nothing for a leaf."""
        return ()

    @property
    def leaves(self) -> tuple[Permission, ...]:
        """The questions that are asked, from left to right."""
        return tuple(leaf for part in self.parts for leaf in part.leaves) or (self,)

    @property
    def is_async(self) -> bool:
        """Whether one of its questions is a coroutine function."""
        return any(inspect.iscoroutinefunction(leaf.test) for leaf in self.leaves)

    @property
    def asks_of_objects(self) -> bool:
        """Whether it takes the object as its third argument."""
        return _arguments_of(self) == _OBJECT_ARGUMENTS

    def on(self, parameter: str) -> Permission:
        """Return the same rule, asked only of the objects that a parameter names."""
        return On(self, parameter)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        try:
            return hash((type(self), tuple(sorted(vars(self).items()))))
        except TypeError:
            return hash(type(self))

    def __repr__(self) -> str:
        return self.name


class FunctionPermission(Permission):
    """A function as a permission."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.test = function

    @property
    def name(self) -> str:
        return getattr(self.test, "__qualname__", repr(self.test))

    def as_rows(self, q: Callable[[Any, Any], Q]) -> Self:
        """Give the same rule as a condition: a function of the actor and the entity to a Q."""
        self.q = q
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionPermission) and self.test is other.test

    def __hash__(self) -> int:
        return hash(self.test)


class Both(Permission):
    """Holds where each part does; the second is not asked where the first says no."""

    def __init__(self, *parts: Permission) -> None:
        self._parts = parts

    name = "and"

    @property
    def parts(self) -> tuple[Permission, ...]:
        return self._parts

    @property
    def asks_of_objects(self) -> bool:
        return any(part.asks_of_objects for part in self._parts)


class Either(Both):
    """Holds where a part does; the second is not asked where the first says yes."""

    name = "or"


class Not(Both):
    """Holds where its part does not."""

    name = "not"


class On(Both):
    """Asks only of the objects that a parameter names; holds where it names none."""

    def __init__(self, part: Permission, parameter: str) -> None:
        super().__init__(part)
        self.parameter = parameter

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"on {self.parameter}"

    @property
    def asks_of_objects(self) -> bool:
        return False


def asked_on(rule: Permission) -> list[str]:
    """Return the parameters that a permission asks on."""
    own = [rule.parameter] if isinstance(rule, On) else []
    return own + [name for part in rule.parts for name in asked_on(part)]


def permission(function: Callable[..., Any]) -> FunctionPermission:
    """Make a function a permission: of ``(actor, entity)``, or of ``(actor, entity, obj)``."""
    return FunctionPermission(function)


def as_permission(said: Any) -> Permission:
    """Return a permission, or the instance of a class of them.

    Raises:
        ConfigurationError: it is neither, or it asks of something else than actor, entity and obj.
    """
    made = said() if isinstance(said, _Class) else said
    if not isinstance(made, Permission):
        raise ConfigurationError(
            [f"{said!r} is no permission: derive it from Permission, or decorate it by @permission"]
        )
    if not made.parts and _arguments_of(made) not in (2, _OBJECT_ARGUMENTS):
        raise ConfigurationError(
            [f"permission {made.name!r} must ask of (actor, entity) or (actor, entity, obj)"]
        )
    return made


def _is_permission(said: Any) -> bool:
    return isinstance(said, (Permission, _Class))


def _arguments_of(leaf: Permission) -> int:
    test = getattr(leaf, "test", None)
    if test is None:
        return 0
    function = getattr(test, "__func__", None)
    return _parameters_of(test) if function is None else _parameters_of(function) - 1


@cache
def _parameters_of(function: Callable[..., Any]) -> int:
    return len(inspect.signature(function).parameters)
