"""URLs of others: what they take is said in the URLconf, with the reason why that is enough."""

from __future__ import annotations  # Permission gives "|" a meaning of its own

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.db.models import Q
from django.urls import URLPattern, URLResolver

from schemas import ConfigurationError

from ..permissions import Permission
from ..views.declaration import ATTRIBUTE, Declaration
from ..views.relaxations import Relaxed, accepts_any
from .callbacks import name_of
from .routes import own_declaration, walk


class ForOthers(Declaration):
    """A declaration that the gate keeps, because the view knows nothing of it."""


@dataclass(frozen=True)
class Rule:
    """What is declared for views of others.

    Attributes:
        what: a namespace (``admin:``), the name of one URL (``admin:login``, ``login``) or the
            dotted name of a view.
        declaration: what holds for them.
        module: dotted name of the module of the URLconf that says so.
    """

    what: str
    declaration: ForOthers
    module: str

    def precision(self, name: str, view: str) -> int:
        """Return how precisely it names a route; 0 when it does not."""
        if self.what.endswith(":"):
            return len(self.what) if name.startswith(self.what) else 0
        if self.what == name:
            return sys.maxsize  # one URL; a view may have several
        return sys.maxsize - 1 if self.what == view else 0


class RequiresStaff(Permission):
    """Holds for active users that are staff."""

    def test(self, actor: Any, entity: Any) -> bool:
        """Ask of the user alone."""
        return bool(actor is not None and actor.is_active and actor.is_staff)

    def q(self, actor: Any, entity: Any) -> Q:
        """Return every row, or none: as the reach of a page that breaks the glass needs it."""
        return Q(pk__isnull=not self.test(actor, entity))


requires_staff = RequiresStaff()
_declared: list[Rule] = []


def declare(what: str, rule: Relaxed | Permission, *, reason: str = "") -> None:
    """Say who may see URLs whose views declare nothing, in a module of the URLconf::

        declare("admin:", requires_staff, reason="the admin asks for its own permissions")
        declare("admin:login", public(reason="where a session begins"))
        declare("django.views.static.serve", any_member, reason="pictures of all companies")

    ``what`` is a namespace with its colon, the name of a URL, or the dotted name of a view; the
    most precise one counts. ``rule`` is ``public(...)``, ``any_member`` or a permission, such as
    ``requires_staff``. It counts only where its module is part of the URLconf.

    Raises:
        ConfigurationError: there is no reason, or another rule for the same URLs.
    """
    module = sys._getframe(1).f_globals["__name__"]
    made = Rule(what, _declaration(what, rule, reason, module), module)
    same = [each for each in _declared if (each.what, each.module) == (what, module)]
    if any(each.declaration != made.declaration for each in same):
        raise ConfigurationError([f"{module} declares {what!r} twice: leave one of them"])
    if not same:
        _declared.append(made)
        _declared_in.cache_clear()


def declare_include(included: Any, rule: Relaxed | Permission, *, reason: str = "") -> Any:
    """Say who may see URLs that are included: ``path("hooks/", declare_include(include(…), …))``.

    Views among them that declare something themselves keep that. Returns what ``path`` takes.

    Raises:
        ConfigurationError: there is no reason.
    """
    module = sys._getframe(1).f_globals["__name__"]
    inner, app, namespace = included if isinstance(included, tuple) else (included, None, None)
    return _Included(inner, _declaration("include()", rule, reason, module), {}), app, namespace


def declaration_for(callback: Callable[..., Any], name: str, urlconf: Any) -> Declaration | None:
    """Return what covers a callback: what it says itself, or else what its URLconf says of it."""
    own = own_declaration(callback)
    if own is not None:
        return own
    view = name_of(callback)
    found = max(declared_in(urlconf), key=lambda each: each.precision(name, view), default=None)
    return found.declaration if found and found.precision(name, view) else None


def declared_in(urlconf: Any = None) -> tuple[Rule, ...]:
    """Return the declarations made in the modules of a URLconf, which is imported by this."""
    return _declared_in(urlconf or settings.ROOT_URLCONF)


@cache
def _declared_in(urlconf: Any) -> tuple[Rule, ...]:
    modules = walk(urlconf).modules
    return tuple(each for each in _declared if each.module in modules)


def declared_elsewhere() -> tuple[Rule, ...]:
    """Return the declarations made outside of ROOT_URLCONF."""
    inside = declared_in()
    return tuple(each for each in _declared if each not in inside)


class _Included:
    """Patterns whose callbacks carry a declaration; made when Django first asks for them."""

    def __init__(self, inner: Any, declaration: ForOthers, seen: dict[int, Any]) -> None:
        self._inner = inner
        self._declaration = declaration
        self._seen = seen
        if hasattr(inner, "__name__"):
            self.__name__ = inner.__name__

    @cached_property
    def urlpatterns(self) -> list[URLPattern | URLResolver]:
        listed: Sequence[Any] = getattr(self._inner, "urlpatterns", self._inner)
        return [self._copied(each) for each in listed]

    def _copied(self, found: URLPattern | URLResolver) -> URLPattern | URLResolver:
        if isinstance(found, URLResolver):
            module = found.urlconf_module
            made = _Included(module, self._declaration, self._seen)
            made = self._seen.setdefault(id(module), made)  # it may include itself
            named = (found.default_kwargs, found.app_name, found.namespace)
            return URLResolver(found.pattern, made, *named)
        if own_declaration(found.callback) is not None:
            return found
        callback = _carrying(found.callback, self._declaration)
        return URLPattern(found.pattern, callback, found.default_args, found.name)


def _carrying(callback: Callable[..., Any], declaration: Declaration) -> Callable[..., Any]:
    """Return the callback for this place only: it may stand elsewhere, without a declaration."""

    @wraps(callback)
    def view(*args: Any, **kwargs: Any) -> Any:
        return callback(*args, **kwargs)

    if iscoroutinefunction(callback):
        markcoroutinefunction(view)
    setattr(view, ATTRIBUTE, declaration)
    return view


def _declaration(what: str, rule: Any, reason: str, module: str) -> ForOthers:
    told = rule.reason if isinstance(rule, Relaxed) and rule.kind == "public" else reason
    if not isinstance(told, str) or not told.strip():
        raise ConfigurationError([f"declare({what!r}) has no reason: add reason=…, as text"])
    why = accepts_any(reason=told)
    if not isinstance(rule, Relaxed):
        return _for_others(permission=rule, relaxed=why, source=module)
    if rule.kind == "accepts_any":
        raise ConfigurationError(
            [f"declare({what!r}) does not say who: public(…), any_member or a permission"]
        )
    return _for_others(relaxed=(Relaxed(rule.kind, told), why), source=module)


def _for_others(**said: Any) -> ForOthers:
    made = ForOthers.of(**said)
    assert isinstance(made, ForOthers)
    return made
