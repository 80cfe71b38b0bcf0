"""What a body may be: a form, a formset, a serializer, a struct; each finds its references."""

import codecs
from typing import Any, Protocol

from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest

from schemas import ConfigurationError

from ..reading import Sent, Undeclared
from .forms import FormBody, FormSetBody, posted
from .structs import StructBody, is_struct


class Body(Protocol):
    """A kind of body."""

    def read(self, request: HttpRequest, sent: Sent) -> Any:
        """Return what was sent, and note the objects it names in ``sent``.

        Raises:
            Undeclared: it holds what is not declared, or is not of its kind at all.
        """

    def bound(self, admission: Any, arguments: dict[str, Any]) -> Any:
        """Return what the view works with."""

    def references(self) -> list[Any]:
        """Return the types of references it can hold."""

    def parameters(self) -> set[str]:
        """Return the names under which it notes objects, without places in lists."""

    def problems(self) -> list[str]:
        """Return what is wrong with its declaration."""


def body_of(said: Any) -> Body:
    """Return the kind of body that a declaration names by a class.

    Raises:
        ConfigurationError: it is none of them.
    """
    if isinstance(said, type) and issubclass(said, BaseForm):
        return FormBody(said)
    if isinstance(said, type) and issubclass(said, BaseFormSet):
        return FormSetBody(said)
    if is_struct(said):
        return StructBody(said)
    if all(
        hasattr(said, name) for name in ("read", "bound", "references", "parameters", "problems")
    ):
        return said  # type: ignore[no-any-return]
    if hasattr(said, "run_validation"):
        from .serializers import SerializerBody  # only where REST framework is used

        return SerializerBody(said)
    raise ConfigurationError(
        [f"{said!r} is no body: name a form, formset, serializer or msgspec struct"]
    )


def refuse_charset(request: HttpRequest) -> None:
    """Refuse any charset but UTF-8: who reads the same by another may find other names in it."""
    if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
        raise Undeclared("a charset other than UTF-8")


def refuse_body(request: HttpRequest) -> None:
    """Refuse a body where none is declared; a CSRF token alone is none."""
    data, files = posted(request)  # whatever the headers say: HTTP/2 needs no length
    for each in [*data, *files]:
        raise Undeclared(each)
