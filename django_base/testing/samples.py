"""Values that a declared type takes, and the places in them where an object is named."""

import enum
import types
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal, Union, get_args, get_origin

import msgspec

from ..views.reading import as_type, is_list
from ..views.references import is_reference

Step = str | int
KeyOf = Callable[[Any, str], Any]
"""Gives the key, by a field's name, of one of the own objects of a model."""

_SAMPLES: Final[Mapping[Any, Any]] = {
    bool: True,
    int: 1,
    float: 1.5,
    str: "x",
    bytes: "eA==",
    uuid.UUID: "00000000-0000-4000-8000-000000000000",
    date: "2024-02-29",
    datetime: "2024-02-29T12:00:00Z",
    time: "12:00:00",
    timedelta: "PT1S",
    dict: {},
}


@dataclass(frozen=True)
class Spot:
    """A place in a request that takes one value.

    Attributes:
        path: ``("url", "company_id")``, ``("body", "lines", 0, "holder")``.
        model: the model of the object it names; None where its type is a plain one.
        field: the field of the model that is the key.
        kind: its type.
    """

    path: tuple[Step, ...]
    model: Any
    field: str = "pk"
    kind: Any = None

    @property
    def name(self) -> str:
        """What it is called in a report, ``body.lines[0].holder``."""
        first, *rest = self.path
        return str(first) + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in rest)


def sample(kind: Any, own: KeyOf) -> Any:
    """Return a value that a type takes, with own objects where it names some."""
    kind = _chosen(kind)
    if is_reference(kind):
        return own(kind.model, kind.field)
    if is_list(kind):
        return [sample(get_args(kind)[0], own)]
    if _is_struct(kind):
        return {each.encode_name: sample(each.type, own) for each in _fields(kind)}
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind)).value
    return _SAMPLES.get(get_origin(kind) or kind, "1")


def spots(kind: Any, path: tuple[Step, ...]) -> Iterator[Spot]:
    """Yield the places of a sample's values."""
    kind = _chosen(kind)
    if is_reference(kind):
        yield Spot(path, kind.model, kind.field, kind)
    elif is_list(kind):
        yield from spots(get_args(kind)[0], (*path, 0))
    elif _is_struct(kind):
        for each in _fields(kind):
            yield from spots(each.type, (*path, each.encode_name))
    else:
        yield Spot(path, None, kind=kind)


def put(value: Any, path: tuple[Step, ...], new: Any) -> Any:
    """Return a copy of nested mappings and lists with another value in one place."""
    if not path:
        return new
    step: Any = path[0]
    copied: Any = list(value) if isinstance(value, list) else dict(value)
    is_there = isinstance(copied, list) or step in copied
    copied[step] = put(copied[step] if is_there else _empty(path[1:]), path[1:], new)
    return copied


def _empty(path: tuple[Step, ...]) -> Any:
    return [None] if path and isinstance(path[0], int) else {}


def _chosen(kind: Any) -> Any:
    """Return a type without its annotations and None; the first of several."""
    kind = as_type(kind)
    if hasattr(kind, "__metadata__"):
        return _chosen(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return _chosen(next(each for each in get_args(kind) if each is not type(None)))
    return kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fields(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return the fields of a struct, without those that would make its sample endless."""
    fields = msgspec.structs.fields(kind)
    return tuple(each for each in fields if kind not in _parts(each.type))


def _parts(kind: Any) -> set[Any]:
    return {kind, *(part for each in get_args(kind) for part in _parts(each))}
