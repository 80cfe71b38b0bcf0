"""Where the key of a page's entity comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from .references import Ref, ref


@dataclass(frozen=True)
class FromUrl:
    """A keyword argument of the URL."""

    parameter: str
    model: Any

    def ref(self, request: HttpRequest, arguments: Mapping[str, Any]) -> "Ref[Any]":
        """Return the reference to the entity that a request is about."""
        return ref(self.model)(arguments.get(self.parameter))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class FromRequest:
    """A function of the request, such as of its host name or session; None for no entity."""

    key: Callable[[HttpRequest], Any]
    model: Any
    parameter: str = ""

    def ref(self, request: HttpRequest, arguments: Mapping[str, Any]) -> "Ref[Any]":
        """Return the reference to the entity that a request is about."""
        return ref(self.model)(self.key(request))  # type: ignore[no-any-return]


def from_url(parameter: str, model: Any) -> FromUrl:
    """Take the entity from the URL: ``entity = from_url("company_id", Company)``."""
    return FromUrl(parameter, model)


def from_request(key: Callable[[HttpRequest], Any], model: Any) -> FromRequest:
    """Take the entity from elsewhere: ``from_request(lambda r: r.session.get("firm"), Firm)``.

    The function must not ask the database for the entity itself.
    """
    return FromRequest(key, model)
