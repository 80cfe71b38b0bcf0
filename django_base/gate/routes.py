"""The walk through a URLconf: every route with the callback it leads to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

from ..views.declaration import Declaration, declaration_of
from .callbacks import name_of, source_of

_ERRORS: Final = ("handler400", "handler403", "handler404", "handler500")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way to a view.

    Attributes:
        url: the whole pattern as written, such as ``companies/<int:company_id>/``.
        name: the name it is reversed by, with its namespaces; empty when it has none.
        callback: what is called.
        patterns: the patterns from the root on.
    """

    url: str
    name: str
    callback: Callable[..., Any] = field(repr=False)
    patterns: tuple[Any, ...] = field(repr=False)

    @property
    def view(self) -> str:
        """The dotted name of the view."""
        return name_of(self.callback)

    @property
    def source(self) -> str:
        """Where the view is written, ``file:line``."""
        return source_of(self.callback)

    @property
    def own(self) -> Declaration | None:
        """What the view itself declares; None where that does not say who may see it."""
        return own_declaration(self.callback)

    @property
    def actions(self) -> Mapping[str, str]:
        """HTTP methods to the names of a viewset's actions; empty for all other views."""
        return getattr(self.callback, "actions", None) or {}

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The URL's named parameters with their converters, None for those of an expression."""
        found: dict[str, Any] = {}
        for pattern in self.patterns:
            if not isinstance(pattern, LocalePrefixPattern):
                found |= dict.fromkeys(pattern.regex.groupindex)
                found |= pattern.converters
        return found


@dataclass(frozen=True)
class Walk:
    """A URLconf as it is now.

    Attributes:
        routes: all of them, in the order in which they are tried.
        modules: dotted names of the modules that the URLconf is made of.
        handlers: names such as ``handler404`` to the site's own views that answer errors. They are
            behind no gate: nothing of a URL reaches them.
    """

    routes: tuple[Route, ...]
    modules: frozenset[str]
    handlers: Mapping[str, str]


def own_declaration(callback: Callable[..., Any]) -> Declaration | None:
    """Return what a callback itself declares; None where that does not say who may see it."""
    found = declaration_of(callback)
    return None if found is None or found.is_empty else found


def walk(urlconf: Any = None) -> Walk:
    """Walk through a URLconf: a module or its name, patterns, or None for ROOT_URLCONF."""
    root = get_resolver(urlconf)
    modules: set[str] = set()
    routes = tuple(_routes(root, _Place(), modules))
    module = root.urlconf_module
    found = {name: getattr(module, name, None) for name in _ERRORS}
    handlers = {
        name: view if isinstance(view, str) else name_of(view)
        for name, view in found.items()
        if view is not None
    }
    return Walk(routes, frozenset(modules), handlers)


@dataclass(frozen=True)
class _Place:
    """How far the walk has come."""

    url: str = ""
    namespaces: tuple[str, ...] = ()
    patterns: tuple[Any, ...] = ()
    around: tuple[int, ...] = ()


def _routes(resolver: URLResolver, place: _Place, modules: set[str]) -> Iterator[Route]:
    listed = resolver.url_patterns
    if id(listed) in place.around:
        return  # a URLconf that includes itself: its routes have been seen on the way here
    module = getattr(resolver.urlconf_module, "__name__", None)
    modules |= {module} if module else set()
    here = _Place(
        place.url + _text(resolver.pattern),
        (*place.namespaces, *filter(None, [resolver.namespace])),
        (*place.patterns, resolver.pattern),
        (*place.around, id(listed)),
    )
    for each in listed:
        if isinstance(each, URLResolver):
            yield from _routes(each, here, modules)
        elif isinstance(each, URLPattern):
            yield _route(each, here)


def _route(found: URLPattern, place: _Place) -> Route:
    return Route(
        url=place.url + _text(found.pattern),
        name=":".join((*place.namespaces, found.name)) if found.name else "",
        callback=found.callback,
        patterns=(*place.patterns, found.pattern),
    )


def _text(pattern: Any) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return "<language>/"
    text = str(pattern)
    return "" if text == "^/" else text  # what Django puts before the root
