"""A msgspec struct as a JSON body: ``Ref[Model]`` at any depth is a reference."""

from typing import Any, get_args, get_origin

import msgspec
from django.http import HttpRequest

from ..reading import Sent, Undeclared
from ..references import is_reference
from .documents import read_json


class StructBody:
    """A struct, or a list of structs."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def read(self, request: HttpRequest, sent: Sent) -> Any:
        """Decode the body; references are noted as they are met, under the name ``body``."""
        if request.content_type != "application/json":
            raise Undeclared("a body that is no JSON")
        try:
            sent.many.add("body")
            read_json(sent, request.body)
            return msgspec.json.decode(request.body, type=self.kind, dec_hook=sent.hook("body"))
        except msgspec.ValidationError as error:
            raise Undeclared(f"body: {error}") from None
        except (ValueError, RecursionError):
            raise Undeclared("a body that is no JSON") from None

    def bound(self, admission: Any, arguments: dict[str, Any]) -> Any:
        """Return the struct."""
        return admission.body

    def references(self) -> list[Any]:
        """Return the types of references in it, at any depth."""
        return [each for each in _types_in(self.kind) if is_reference(each)]

    def parameters(self) -> set[str]:
        """Return the one name that all of them have."""
        return {"body"}

    def problems(self) -> list[str]:
        """Return what would let in something that nobody declared."""
        found = []
        try:
            msgspec.json.Decoder(self.kind, dec_hook=Sent().hook(""))
        except TypeError as error:
            found.append(f"its body cannot be read: {error}")
        for each in _types_in(self.kind):
            if each in (Any, object, msgspec.Raw, dict, list):
                found.append(f"its body {self.kind!r} has a field of type {each!r}: name its parts")
            elif _is_class(each) and not each.__struct_config__.forbid_unknown_fields:
                found.append(f"its body {each.__qualname__!r} needs forbid_unknown_fields=True")
        return found


def is_struct(said: Any) -> bool:
    """Return whether a body is a struct, or a list of structs."""
    if get_origin(said) is list:
        return is_struct(get_args(said)[0])
    return _is_class(said)


def _is_class(said: Any) -> bool:
    return isinstance(said, type) and issubclass(said, msgspec.Struct)


def _types_in(kind: Any, seen: set[Any] | None = None) -> list[Any]:
    """Return all types of which a type is made, each once."""
    seen = set() if seen is None else seen
    if kind in seen:
        return []
    seen.add(kind)
    parts = [part for part in get_args(kind) if isinstance(part, type) or get_args(part)]
    if _is_class(kind):
        parts += [each.type for each in msgspec.structs.fields(kind)]
    return [kind, *(found for part in parts for found in _types_in(part, seen))]
