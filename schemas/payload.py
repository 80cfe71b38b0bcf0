"""The base class of payloads; subclassing it with a name and a version declares an event type."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, dataclass_transform

import msgspec

from .errors import ConfigurationError
from .registry import register

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class PayloadMeta(msgspec.StructMeta):
    """Make each payload class a frozen, keyword-only struct and register it."""

    __event_type__: str
    __event_version__: int
    __upcasts__: Mapping[int, Upcast]

    def __new__(
        mcls,
        class_name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        /,
        *,
        name: str = "",
        version: int = 0,
        upcasts: Mapping[int, Upcast] | None = None,
        **options: Any,
    ) -> "PayloadMeta":
        options = {"frozen": True, "kw_only": True} | options
        namespace["__event_type__"] = name
        namespace["__event_version__"] = version
        namespace["__upcasts__"] = dict(upcasts or {})
        cls = super().__new__(mcls, class_name, bases, namespace, **options)
        if name or version or upcasts:
            problems = _problems(cls)
            if problems:
                raise ConfigurationError(problems)
            register(cls)
        return cls


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Payload(msgspec.Struct, frozen=True, kw_only=True, metaclass=PayloadMeta):
    """What an event says; subclass it to declare a type of your own.

    ::

        class InvoiceSent(Payload, name="invoice.sent", version=2, upcasts={1: cents_to_amount}):
            amount: Decimal
            currency: str = "EUR"

    ``name`` is dotted and in the past tense. ``version`` starts at 1; within a version fields are
    only added, each with a default. ``upcasts`` holds for every older version n a function from its
    fields to those of n + 1. A class without a name is an abstract base and is not registered.

    Raises:
        ConfigurationError: the name or the version is malformed, an upcast is missing, or another
            class is declared under the same name and version.
    """

    __event_type__: ClassVar[str]
    __event_version__: ClassVar[int]
    __upcasts__: ClassVar[Mapping[int, Upcast]]


def _problems(cls: PayloadMeta) -> list[str]:
    """Return what is wrong with a declaration, a sentence each."""
    problems = []
    where = f"{cls.__module__}.{cls.__qualname__}"
    name, version, upcasts = cls.__event_type__, cls.__event_version__, cls.__upcasts__
    if not _NAME.fullmatch(name) or len(name) > 100:
        problems.append(
            f"payload {where!r} has the name {name!r}: use lower-case words joined by dots, "
            "such as 'invoice.sent', at most 100 characters"
        )
    if type(version) is not int or not 1 <= version <= 32_767:
        problems.append(f"payload {where!r} has the version {version!r}: use 1, 2, 3, …")
        return problems
    missing = [n for n in range(1, version) if n not in upcasts]
    surplus = [n for n in upcasts if n not in range(1, version)]
    if missing:
        problems.append(
            f"payload {where!r} cannot read its versions {missing!r}: "
            "pass upcasts={n: function from the fields of n to those of n + 1}"
        )
    if surplus:
        problems.append(
            f"payload {where!r} has upcasts from {surplus!r}: remove all not below its version"
        )
    return problems
