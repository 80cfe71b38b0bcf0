"""Which payload class belongs to which event type and version."""

from typing import TYPE_CHECKING

from .errors import ConfigurationError, UnknownEventType

if TYPE_CHECKING:
    from .payload import Payload, PayloadMeta

_types: "dict[str, dict[int, type[Payload]]]" = {}


def register(cls: "PayloadMeta") -> None:
    """Enter a payload class; the same class loaded again (a module reload) takes its own place.

    Raises:
        ConfigurationError: another class holds that name and version; both are named.
    """
    versions = _types.setdefault(cls.__event_type__, {})
    holder = versions.get(cls.__event_version__)
    if holder is not None and _path(holder) != _path(cls):
        raise ConfigurationError(
            [
                f"version {cls.__event_version__} of event type {cls.__event_type__!r} is declared "
                f"by {_path(holder)!r} and by {_path(cls)!r}: rename one, or raise its version"
            ]
        )
    versions[cls.__event_version__] = cls  # type: ignore[assignment]


def payload_type(name: str, version: int | None = None) -> "type[Payload]":
    """Return the class declared for a type, in its newest version unless one is given.

    Raises:
        UnknownEventType: nothing is declared under that name, or not in that version.
    """
    versions = _types.get(name)
    if not versions:
        raise UnknownEventType(name, version)
    found = versions.get(max(versions) if version is None else version)
    if found is None:
        raise UnknownEventType(name, version, sorted(versions))
    return found


def registered_types() -> "tuple[type[Payload], ...]":
    """Return all declared classes, sorted by name and version."""
    return tuple(
        versions[version] for _, versions in sorted(_types.items()) for version in sorted(versions)
    )


def _path(cls: "type | PayloadMeta") -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
