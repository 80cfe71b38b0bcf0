"""Requests for tests: to every route of a URLconf, with own objects in each place."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import models
from django.test import Client
from django.urls import get_script_prefix
from django.urls.converters import IntConverter, UUIDConverter
from django.utils.regex_helper import normalize

from ..entities import EntityPath, across_entities, entity_of
from ..gate.others import ForOthers, declaration_for
from ..gate.routes import Route, walk
from ..views.declaration import Declaration
from .bodies import JSON, SampleBody, sample_body
from .samples import Spot, put, sample, spots

_METHODS: Final = ("get", "post", "put", "patch", "delete")


class NotThere(Exception):  # noqa: N818
    """An entity has no live object of a model, so that nothing can be tried with one."""


@dataclass(frozen=True)
class Objects:
    """The objects of one entity: the first live one of each model.

    Attributes:
        entity: whose.
        values: what to put for parameters by their names, where a sample would not do.
    """

    entity: models.Model
    values: Mapping[str, Any] = field(default_factory=dict)

    def key(self, model: Any, by: str = "pk") -> Any:
        """Return the key of an object of a model.

        Raises:
            NotThere: there is none.
        """
        found = self.entity if isinstance(self.entity, model) else self._first(model)
        if found is None:
            raise NotThere(f"{model._meta.label} of {self.entity!r}")
        value = getattr(found, by)
        return value if isinstance(value, int | str) else str(value)

    def _first(self, model: Any) -> Any:
        path = entity_of(model)
        with across_entities(reason="a test tries what is foreign"):
            rows = model._default_manager.order_by("pk")
            if isinstance(path, EntityPath):
                rows = rows.filter(path.q(self.entity.pk))
            return rows.first()


@dataclass(frozen=True)
class LeftOut:
    """What was not sent.

    Attributes:
        name: as an attempt's, or of a place in one.
        reason: why not.
        is_lack: whether an object is missing with which it could be.
    """

    name: str
    reason: str
    is_lack: bool = False

    @classmethod
    def without(cls, name: str, missing: NotThere) -> "LeftOut":
        """Return what could be sent if there was an object."""
        return cls(name, f"there is no {missing}: make one", is_lack=True)


@dataclass(frozen=True)
class Attempt:
    """One request that can be sent with another value in one place.

    Attributes:
        route: where to; method: in lower case.
        sent: ``url``, ``query`` and ``body`` with the values.
        spots: the places.
    """

    route: Route
    method: str
    declaration: Declaration | None
    sent: Mapping[str, Any]
    spots: tuple[Spot, ...]
    is_json: bool = False

    @property
    def name(self) -> str:
        """What it is called in a report."""
        return f"{self.method.upper()} /{self.route.url}"

    def having(self, spot: Spot, value: Any) -> "Attempt":
        """Return the same request with a value in one place."""
        return replace(self, sent=put(self.sent, spot.path, value))

    def send(self, client: Client) -> tuple[Any, str]:
        """Send it; return the response and the path. The client's cookies stay as they are."""
        cookies = deepcopy(client.cookies)
        path = path_of(self.route, self.sent["url"])
        more: dict[str, Any] = {"query_params": self.sent["query"]} if self.sent["query"] else {}
        body = self.sent["body"]
        if body is not None and self.is_json:
            more |= {"data": json.dumps(body, default=str), "content_type": JSON}
        elif body is not None:
            more["data"] = body
        raising, client.raise_request_exception = client.raise_request_exception, False
        try:
            return getattr(client, self.method)(path, **more), path
        finally:
            client.raise_request_exception = raising
            client.cookies = cookies


def attempts(own: Objects) -> Iterator[Attempt | LeftOut]:
    """Yield a request for each route and method; where that cannot be, why."""
    for route in walk().routes:
        declaration = declaration_for(route.callback, route.name, None)
        if isinstance(declaration, ForOthers):
            yield LeftOut(f"/{route.url}", f"declared in {declaration.source}")
            continue
        for method in methods_of(route, declaration):
            try:
                yield _attempt(route, method, declaration, own)
            except NotThere as error:
                yield LeftOut.without(f"{method.upper()} /{route.url}", error)


def methods_of(route: Route, declaration: Declaration | None) -> tuple[str, ...]:
    """Return the methods that a view answers; of a function, GET and POST where it takes a body."""
    if route.actions:
        return tuple(each for each in _METHODS if each in route.actions)
    view = getattr(route.callback, "view_class", None) or getattr(route.callback, "cls", None)
    if view is not None:
        return tuple(each for each in _METHODS if hasattr(view, each))
    return ("get", "post") if declaration is None or declaration.body else ("get",)


def path_of(route: Route, values: Mapping[str, Any]) -> str:
    """Return the path of a route with these values."""
    path = ""
    for pattern in route.patterns[1:]:
        prefix = getattr(pattern, "language_prefix", None)
        if prefix is not None:
            path += prefix
            continue
        text, _ = normalize(pattern.regex.pattern)[0]
        path += text % values
    return get_script_prefix() + path


def _attempt(route: Route, method: str, declaration: Declaration | None, own: Objects) -> Attempt:
    said = declaration or Declaration()
    url, places = _url(route, said, own)
    body: SampleBody | None = None
    declared = said.body_for(method.upper())
    if declared is not None:
        body = sample_body(declared, own.key)
    for name, kind in said.query.items():
        places += list(spots(kind, ("query", name)))
    return Attempt(
        route,
        method,
        declaration,
        {"url": url, "query": {}, "body": body.value if body else None},
        (*places, *(body.spots if body else ())),
        is_json=bool(body and body.is_json),
    )


def _url(route: Route, said: Declaration, own: Objects) -> tuple[dict[str, Any], list[Spot]]:
    values: dict[str, Any] = {}
    places: list[Spot] = []
    for name, converter in route.parameters.items():
        path = ("url", name)
        if name in said.url:
            kind = said.url[name]
        elif getattr(said.entity, "parameter", None) == name:
            kind = said.entity.model
        else:
            kind = _type_of(converter)
        values[name] = own.values.get(name, sample(kind, own.key))
        places += spots(kind, path)
    return values, places


def _type_of(converter: Any) -> Any:
    if isinstance(converter, UUIDConverter):
        return str
    return int if isinstance(converter, IntConverter) else str
