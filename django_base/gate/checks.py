"""The system check of the whole URLconf: what is not declared, and declarations that are wrong."""

import sys
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Warned
from django.utils.module_loading import import_string

from ..context.middleware import ContextMiddleware
from .middleware import GateMiddleware
from .others import Rule, declaration_for, declared_elsewhere, declared_in
from .routes import Walk, walk

_NOT_CLOSED: Final = "django_base.middleware.GateMiddleware is not in MIDDLEWARE"


def check_urls(**_: Any) -> list[CheckMessage]:
    """Check that a declaration covers each view; makes no query."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    at = _places()
    if GateMiddleware not in at:
        return [
            Warned(
                f"{_NOT_CLOSED}: views that nobody has declared are open.",
                hint="Put it after ContextMiddleware, or silence this as long as you want that.",
                id="backstory.W040",
            )
        ]
    found = walk()
    return [*_order(at), *_undeclared(found), *_mistaken(found)]


def _undeclared(found: Walk) -> Iterator[CheckMessage]:
    for route in found.routes:
        if declaration_for(route.callback, route.name, None) is None:
            what = repr(route.name or route.view)
            yield Error(
                f"The view {route.view} at {route.url!r} is refused: no declaration covers it.",
                hint="Derive it from BaseView and say whom it lets in; where it is not yours, "
                f"declare({what}, …, reason=…) in the URLconf. It is written in {route.source}.",
                id="backstory.E040",
            )


def _mistaken(root: Walk) -> Iterator[CheckMessage]:
    for each in declared_in():
        yield from _matching(each, root)
    for each in declared_elsewhere():
        if hasattr(sys.modules.get(each.module), "urlpatterns"):  # for a request.urlconf
            yield from _matching(each, walk(each.module))
        else:
            hint = "Move it into the module with urlpatterns."
            yield _wrong(each, f"counts nowhere: {each.module} is no URLconf", hint, "E043")


def _matching(declared: Rule, found: Walk) -> Iterator[CheckMessage]:
    covered = {route.view for route in found.routes if _is_meant(declared, route)}
    if not covered:
        yield _wrong(declared, "covers no view", "Mend the name, or remove it.", "E041")
    elif len(covered) > 1 and not declared.what.endswith(":"):
        views = ", ".join(sorted(covered))
        hint = f"Name one of {views} by its dotted name."
        yield _wrong(declared, f"covers several views: {views}", hint, "E042")


def _is_meant(declared: Rule, route: Any) -> bool:
    return route.own is None and declared.precision(route.name, route.view) > 0


def _wrong(declared: Rule, problem: str, hint: str, number: str) -> CheckMessage:
    said = f"declare({declared.what!r}) in {declared.module}"
    return Error(f"{said} {problem}.", hint=hint, id=f"backstory.{number}")


def _order(at: dict[Any, int]) -> Iterator[CheckMessage]:
    for other, place in at.items():
        is_needed = other is ContextMiddleware or other.__name__ == "AuthenticationMiddleware"
        if is_needed and place > at[GateMiddleware]:
            yield Error(
                f"GateMiddleware stands before {other.__name__}, without which it asks nobody.",
                hint=f"Put it after {other.__name__} in MIDDLEWARE.",
                id="backstory.E044",
            )


def _places() -> dict[Any, int]:
    """Return the classes of the middleware with their places."""
    found = {}
    for place, dotted in enumerate(settings.MIDDLEWARE):
        try:
            found[import_string(dotted)] = place
        except ImportError:
            continue  # Django says so when it starts
    return found
