"""Django REST framework's serializers as bodies: their related fields are the references."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.relations import ManyRelatedField, PrimaryKeyRelatedField, SlugRelatedField

from ..reading import Sent, Undeclared
from ..references import ref
from .documents import read_json
from .forms import posted

_NOTHING: tuple[Any, ...] = (None, "")


class SerializerBody:
    """A serializer. Its class is asked for its fields before the view begins, and no more."""

    def __init__(self, serializer_class: Any) -> None:
        self.serializer_class = serializer_class

    def read(self, request: HttpRequest, sent: Sent) -> Any:
        """Note the references at any depth, and refuse what no writable field takes."""
        is_json = request.content_type == "application/json"
        said = read_json(sent, request.body) if is_json else _form(request)
        made = self.serializer_class()
        for each in said if isinstance(said, list) else [said]:
            _walk(made, each, "", sent)
        return said

    def bound(self, admission: Any, arguments: dict[str, Any]) -> Any:
        """Return the serializer with what was sent, its choices those of the entity."""
        if admission.body is not None:
            arguments = {"data": admission.body, **arguments}
        return narrowed(self.serializer_class(**arguments), admission)

    def references(self) -> list[Any]:
        """Return the types of references of its writable fields."""
        found = _related(self.serializer_class())
        return [_reference_of(each) for each in found if not each.read_only]

    def parameters(self) -> set[str]:
        """Return the paths of its related fields, such as ``items.keeper``."""
        return set(_paths(self.serializer_class(), ""))

    def problems(self) -> list[str]:
        """Return which related fields name objects in a way that cannot be looked up."""
        return [
            f"its serializer has the field {each.field_name!r} of type {type(each).__name__!r}: "
            "use PrimaryKeyRelatedField or SlugRelatedField"
            for each in _related(self.serializer_class())
            if not (each.read_only or isinstance(each, PrimaryKeyRelatedField | SlugRelatedField))
        ]


def narrowed(made: Any, admission: Any) -> Any:
    """Let a serializer choose among the rows of the page's entity only; return it."""
    for field in _related(made):
        if getattr(field, "queryset", None) is not None:
            field.queryset = admission.own(field.get_queryset())
    return made


def _walk(field: Any, said: Any, path: str, sent: Sent) -> None:
    """Note what a value names; refuse one of another shape, which hides what it names."""
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        for index, each in enumerate(_shaped(list, said, path)):
            _walk(field.child, each, f"{path}[{index}]", sent)
    elif isinstance(field, serializers.DictField):
        for name, each in _shaped(dict, said, path).items():
            _walk(field.child, each, f"{path}.{name}", sent)
    elif isinstance(field, ManyRelatedField):
        sent.many.add(path)
        for each in _shaped(list, said, path):
            _walk(field.child_relation, each, path, sent)
    elif isinstance(field, serializers.RelatedField):
        if said not in _NOTHING:
            sent.name(path, _reference_of(field)(said))
    elif isinstance(field, serializers.BaseSerializer):
        fields = getattr(field, "fields", {})
        for name, value in _shaped(dict, said, path).items():
            if name not in fields or fields[name].read_only:
                raise Undeclared(f"{path}.{name}".removeprefix("."))
            _walk(fields[name], value, f"{path}.{name}".removeprefix("."), sent)


def _shaped(shape: Any, said: Any, path: str) -> Any:
    """Return a list or an object, an empty one for null."""
    if said is not None and not isinstance(said, shape):
        raise Undeclared(path or "a body of another shape")
    return said or shape()


def _related(field: Any) -> Iterator[Any]:
    """Yield the related fields of a serializer, at any depth."""
    if isinstance(
        field, serializers.ListSerializer | serializers.ListField | serializers.DictField
    ):
        yield from _related(field.child)
    elif isinstance(field, ManyRelatedField):
        yield from _related(field.child_relation)
    elif isinstance(field, serializers.RelatedField):
        yield field
    elif isinstance(field, serializers.BaseSerializer):
        for each in getattr(field, "fields", {}).values():
            yield from _related(each)


def _paths(field: Any, path: str) -> Iterator[str]:
    """Yield the paths of the related fields, without places in lists."""
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        yield from _paths(field.child, path)
    elif isinstance(field, ManyRelatedField | serializers.RelatedField):
        yield path
    elif isinstance(field, serializers.BaseSerializer):
        for name, each in getattr(field, "fields", {}).items():
            yield from _paths(each, f"{path}.{name}".removeprefix("."))


def _reference_of(field: Any) -> Any:
    by = field.slug_field if isinstance(field, SlugRelatedField) else "pk"
    return ref(field.get_queryset().model, by=by)


def _form(request: HttpRequest) -> dict[str, Any]:
    data, files = posted(request)
    found: dict[str, Any] = {}
    for name, values in [*data.lists(), *files.lists()]:
        found[name] = values[0] if len(set(map(str, values))) == 1 else values
    return found
