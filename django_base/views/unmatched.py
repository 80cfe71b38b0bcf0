"""What a URL is answered with that only a converter refused: the same as a malformed key."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.urls.resolvers import RoutePattern

from ..gate.routes import walk
from .declaration import declaration_of
from .guarding import ACTOR_OF, admit, answer_refusal
from .refusals import Refusal, Refused, refused

_PARAMETER: Final = re.compile(r"<(?:[^>:]+:)?([^>:]+)>")


def answer_unmatched(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer to a URL that no route matched.

    Where a route would match but for its converters, the view's own verdicts are given, with all
    their queries: nobody learns from a login page, a 404 or its cost which keys are well-formed.
    """
    for pattern, callback in _loosened(getattr(request, "urlconf", None)):
        match = pattern.fullmatch(request.path_info.removeprefix("/"))
        if match is not None:
            return _answer(request, response, callback, match.groupdict())
    return response


def _answer(
    request: HttpRequest, response: HttpResponseBase, callback: Any, kwargs: Mapping[str, Any]
) -> HttpResponseBase:
    declaration = declaration_of(callback)
    assert declaration is not None
    try:
        admit(request, declaration, (), kwargs, getattr(callback, ACTOR_OF, None))
    except Refused as error:
        if error.refusal.verdict != "not_found":
            return answer_refusal(request, error.refusal)
        refused.send(Refusal, request=request, refusal=error.refusal)
    return response


@lru_cache(maxsize=16)
def _loosened(urlconf: Any) -> tuple[tuple["re.Pattern[str]", Any], ...]:
    """Return the routes of views that declare an entity, each parameter any part of a path."""
    return tuple(
        (re.compile(_loose("".join(map(str, route.patterns[1:])))), route.callback)
        for route in walk(urlconf).routes
        if getattr(declaration_of(route.callback), "entity", None) is not None
        and all(isinstance(each, RoutePattern) for each in route.patterns[1:])
    )  # a regular expression has no converters


def _loose(route: str) -> str:
    """Return the expression; of a name that is there twice, the last is the parameter's."""
    parts = _PARAMETER.split(route)
    texts, names = [re.escape(part) for part in parts[::2]], parts[1::2]
    groups = [
        "[^/]+" if name in names[at + 1 :] else f"(?P<{name}>[^/]+)"
        for at, name in enumerate(names)
    ]
    return "".join(part for pair in zip(texts, [*groups, ""], strict=True) for part in pair)
