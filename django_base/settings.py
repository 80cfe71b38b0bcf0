"""The Django setting ``BACKSTORY``, read and checked in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Self

from django.conf import settings
from django.core.signals import setting_changed

from schemas import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class BackstorySettings:
    """What a project says about itself.

    Attributes:
        source: name under which the database publishes; unset, the name of the database. Other
            databases than ``database`` publish as ``source/alias``.
        schema: schema of the ``backstory_*`` tables; empty for the first of the search path.
        database: alias on which page views are recorded, and events that name no other.
        believed_roles: database users whose comments are believed beside the application's own;
            others' are *claimed*.
        trusted_proxies: how many proxies in front add to ``X-Forwarded-For``.
        exclude_paths: beginnings of URL paths whose views are not recorded.
        lock_timeout_s: how long putting a trigger on may make writers wait, in seconds.
        lock_attempts: how often that is tried.
    """

    source: str = ""
    schema: str = ""
    database: str = "default"
    believed_roles: tuple[str, ...] = ()
    trusted_proxies: int = 0
    exclude_paths: tuple[str, ...] = ()
    lock_timeout_s: float = 2.0
    lock_attempts: int = 20

    @classmethod
    def from_mapping(cls, said: Mapping[str, Any]) -> Self:
        """Return the settings; raise ConfigurationError naming each unknown or ill-typed one."""
        defaults = {field.name: field.default for field in fields(cls)}
        problems = [
            f"BACKSTORY has no setting {name!r}: remove it, or choose from {sorted(defaults)}"
            for name in said
            if name not in defaults
        ]
        values = {}
        for name, default in defaults.items():
            value = said.get(name, default)
            if isinstance(default, tuple) and isinstance(value, list | tuple | set | frozenset):
                value = tuple(value)
            if isinstance(default, float) and type(value) is int:
                value = float(value)
            if type(value) is not type(default):
                kind = "list" if isinstance(default, tuple) else type(default).__name__
                problems.append(f"BACKSTORY[{name!r}] is {value!r}: give it a {kind}")
            values[name] = value
        if problems:
            raise ConfigurationError(problems)
        return cls(**values)


@cache
def backstory_settings() -> BackstorySettings:
    """Return the project's settings, read once; tests that override them get fresh ones."""
    return BackstorySettings.from_mapping(getattr(settings, "BACKSTORY", {}))


def forget(*, setting: str, **_: Any) -> None:
    """Read the settings anew after a test has overridden them."""
    if setting == "BACKSTORY":
        backstory_settings.cache_clear()


setting_changed.connect(forget, dispatch_uid="django_base.settings")
