"""Reads what a request sent by what its view declares; what is not declared is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args, get_origin

import msgspec
from django.db import models
from django.http import HttpRequest

from .declaration import Declaration
from .keys import Malformed, is_storable
from .references import Ref, is_reference

MAX_NAMED: Final = 1_000


class Undeclared(Exception):  # noqa: N818
    """Something was sent that nobody declared, or the same name twice with different values."""

    def __init__(self, parameter: str) -> None:
        super().__init__(parameter)
        self.parameter = parameter


@dataclass
class Sent:
    """What was sent, read.

    Attributes:
        url: the keyword arguments of the URL, converted.
        query: the parameters of the query string, converted.
        body: what the body's declaration makes of it.
        references: the objects that were named, by parameter.
        many: the parameters that may name several objects, and so always give a list.
        malformed: the parameter that can be nothing, if any: the answer will be a 404.
    """

    url: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    references: dict[str, list[Ref[Any]]] = field(default_factory=dict)
    many: set[str] = field(default_factory=set)
    malformed: str = ""
    _texts: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def convert(self, parameter: str, value: Any, kind: Any) -> Any:
        """Return a value as its type; the references in it are noted."""
        if is_list(kind) and references_in(kind):
            self.many.add(parameter)
        try:
            return msgspec.convert(
                _storable(value), as_type(kind), strict=False, dec_hook=self.hook(parameter)
            )
        except (msgspec.ValidationError, Malformed, ValueError, OverflowError):
            self.malformed = self.malformed or parameter
            self._note_lost(parameter, kind)
            return None

    def hook(self, parameter: str) -> Any:
        """Return what makes references of keys while msgspec reads, at any depth."""

        def made(kind: Any, value: Any) -> Any:
            if not is_reference(kind):
                raise NotImplementedError(f"{kind!r} is no type that msgspec knows")
            return self.name(parameter, kind(value))

        return made

    def name(self, parameter: str, reference: "Ref[Any]") -> "Ref[Any]":
        """Note an object that a parameter names.

        Raises:
            Undeclared: there are more than 1,000.
        """
        self._count += 1
        if self._count > MAX_NAMED:
            raise Undeclared(parameter)
        self.references.setdefault(parameter, []).append(reference)
        return reference

    def once(self, parameter: str, value: Any) -> None:
        """Note a value under its name.

        Raises:
            Undeclared: the name came before, with another value.
        """
        if self._texts.setdefault(parameter, str(value)) != str(value):
            raise Undeclared(parameter)

    def _note_lost(self, parameter: str, kind: Any) -> None:
        """Name an object that cannot be, so that the model is asked for it all the same."""
        if not self.references.get(parameter):
            for each in references_in(kind):
                self.name(parameter, each(None))


def read_url(
    sent: Sent, declaration: Declaration, request: HttpRequest, args: Any, kwargs: Mapping[str, Any]
) -> None:
    """Read the URL's arguments; those that the URLconf adds itself need no declaration."""
    match = request.resolver_match
    added: Any = getattr(match, "extra_kwargs", None) or {}
    own = getattr(declaration.entity, "parameter", "")
    if args:
        raise Undeclared("a positional argument")
    for name, value in kwargs.items():
        if name in declaration.url:
            sent.once(name, value)
            sent.url[name] = sent.convert(name, value, declaration.url[name])
        elif name == own:
            sent.once(name, value)
        elif name not in added:
            raise Undeclared(name)


def read_query(sent: Sent, declaration: Declaration, request: HttpRequest) -> None:
    """Read the query string."""
    for name, values in request.GET.lists():
        kind = declaration.query.get(name)
        if kind is None:
            if declaration.relaxes("accepts_any"):
                continue
            raise Undeclared(name)
        if is_list(kind):
            sent.query[name] = sent.convert(name, values, kind)
            continue
        for value in values:
            sent.once(name, value)
        sent.query[name] = sent.convert(name, values[0], kind)


def as_type(kind: Any) -> Any:
    """Return a declared type, with a model standing for references to it."""
    if isinstance(kind, type) and issubclass(kind, models.Model):
        return Ref[kind]
    return kind


def is_list(kind: Any) -> bool:
    """Return whether a parameter may be given more than once."""
    return get_origin(kind) in (list, tuple, set, frozenset)


def references_in(kind: Any) -> list[Any]:
    """Return the types of references that a declared type has in it."""
    kind = as_type(kind)
    if is_reference(kind):
        return [kind]
    return [found for part in get_args(kind) for found in references_in(part)]


def _storable(value: Any) -> Any:
    texts = value if isinstance(value, list) else [value]
    if not all(is_storable(each) for each in texts if isinstance(each, str)):
        raise Malformed
    return value
