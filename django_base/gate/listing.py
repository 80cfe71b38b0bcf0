"""What is to be said of each URL: whose data it shows, whom it lets in, and where it is written."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..views.declaration import Declaration
from .others import ForOthers, declaration_for
from .routes import Route, walk


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A URL as it is told.

    Attributes:
        url: the pattern.
        name: what it is reversed by.
        view: dotted name of the view; source: ``file:line``.
        entity: where the entity's key comes from.
        permission: what it takes; with a viewset or a mapping, method by method.
        relaxed: kind to reason.
        declared_in: the module of the URLconf, for views of others.
        is_refused: whether no declaration covers it.
    """

    url: str
    name: str
    view: str
    source: str
    entity: str
    permission: str
    relaxed: Mapping[str, str]
    declared_in: str
    actions: Mapping[str, str]
    is_refused: bool


def listed(urlconf: Any = None) -> list[Listed]:
    """Return every URL of a URLconf, in its order."""
    return [_of_route(route, urlconf) for route in walk(urlconf).routes]


def _of_route(route: Route, urlconf: Any) -> Listed:
    found = declaration_for(route.callback, route.name, urlconf)
    said = found or Declaration()
    return Listed(
        url=f"/{route.url}",
        name=route.name,
        view=route.view,
        source=_shortened(route.source),
        entity="" if said.entity is None else str(said.entity),
        permission=_permission(said),
        relaxed={each.kind: each.reason for each in said.relaxed},
        declared_in=said.source if isinstance(said, ForOthers) else "",
        actions=route.actions,
        is_refused=found is None,
    )


def _permission(said: Declaration) -> str:
    if isinstance(said.permission, Mapping):
        return ", ".join(f"{method}: {_text(each)}" for method, each in said.permission.items())
    return "" if said.permission is None else _text(said.permission)


def _text(permission: Any) -> str:
    """Return a permission as it is written, ``IsMember & ~IsGuest``."""
    parts = [_text(each) for each in permission.parts]
    if not parts:
        return str(permission.name)
    sign = {"and": " & ", "or": " | "}.get(permission.name)
    return f"({sign.join(parts)})" if sign else f"{permission.name} {parts[0]}"


def _shortened(source: str) -> str:
    """Return a path from here where it is below."""
    here = f"{Path.cwd()}{os.sep}"
    return source.removeprefix(here)
