"""The Django setting ``BACKSTORY``, read and checked in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Final, Self

from django.conf import settings
from django.core.signals import setting_changed

from schemas import ConfigurationError

_NEVER_DIRECT: Final = ("model.", "table.", "relay.", "event.", "events.")
_LEAST_BYTES: Final = 2**16
_MOST_BYTES: Final = 2**30
_LONGEST_FLUSH_S: Final = 60.0


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
        secret_parameters: names of URL parameters that are secret beside those that look so.
        page_views_load_user: let a page view load the user where the page did not; up to two more
            queries.
        reach: dotted name of the permission that says who knows of an entity at all, for views that
            say nothing else.
        require_entity: refuse queries of models with an entity wherever none is bound; within views
            that declare themselves they are refused in any case.
        direct: types of events that are sent to Kafka by the process itself, past the outbox; they
            are lost when the process dies, or Kafka is away for longer than the memory lasts.
        direct_memory_bytes: how much a process keeps for Kafka; what comes on top is dropped.
        direct_flush_s: how long the end of a process may wait for Kafka, in seconds.
        kafka_servers: bootstrap servers, for ``direct`` only.
        kafka_config: further librdkafka settings, for ``direct`` only.
        topic: the topic of the events, for ``direct`` only.
        lock_timeout_s: how long putting a trigger on may make writers wait, in seconds.
        lock_attempts: how often that is tried.
    """

    source: str = ""
    schema: str = ""
    database: str = "default"
    believed_roles: tuple[str, ...] = ()
    trusted_proxies: int = 0
    exclude_paths: tuple[str, ...] = ()
    secret_parameters: tuple[str, ...] = ()
    page_views_load_user: bool = False
    reach: str = ""
    require_entity: bool = False
    direct: tuple[str, ...] = ()
    direct_memory_bytes: int = 16 * 2**20
    direct_flush_s: float = 2.0
    kafka_servers: str = ""
    kafka_config: Mapping[str, str] = field(default_factory=dict, repr=False)
    topic: str = "backstory.events"
    lock_timeout_s: float = 2.0
    lock_attempts: int = 20

    @classmethod
    def from_mapping(cls, said: Mapping[str, Any]) -> Self:
        """Return the settings; raise ConfigurationError naming each unknown or ill-typed one."""
        defaults = {each.name: getattr(cls(), each.name) for each in fields(cls)}
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
            if type(value) is not type(default) or not _are_texts(value):
                kind = "list of texts" if isinstance(default, tuple) else type(default).__name__
                problems.append(f"BACKSTORY[{name!r}] is {value!r}: give it a {kind}")
                value = default
            values[name] = value
        made = cls(**values)
        problems += made._problems()
        if problems:
            raise ConfigurationError(problems)
        return made

    def _problems(self) -> list[str]:
        """Return what does not fit together, though each has its type."""
        problems = [
            f"BACKSTORY['direct'] has {name!r}, which the database or the relay tells: remove it"
            for name in self.direct
            if name.startswith(_NEVER_DIRECT)
        ]
        if self.direct and not self.kafka_servers:
            problems.append(
                "BACKSTORY['direct'] needs Kafka: set BACKSTORY['kafka_servers'] to its bootstrap "
                "servers, as HOST:PORT,HOST:PORT"
            )
        if not _LEAST_BYTES <= self.direct_memory_bytes <= _MOST_BYTES:
            problems.append(
                f"BACKSTORY['direct_memory_bytes'] is {self.direct_memory_bytes!r}: give it "
                f"{_LEAST_BYTES:,} to {_MOST_BYTES:,} bytes"
            )
        if not 0 <= self.direct_flush_s <= _LONGEST_FLUSH_S:
            problems.append(
                f"BACKSTORY['direct_flush_s'] is {self.direct_flush_s!r}: give it 0 to "
                f"{_LONGEST_FLUSH_S:.0f} seconds"
            )
        return problems


def _are_texts(value: Any) -> bool:
    """Return whether a list or a mapping holds nothing but texts; True for all other values."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return not isinstance(parts, list | tuple) or all(isinstance(part, str) for part in parts)


@cache
def backstory_settings() -> BackstorySettings:
    """Return the project's settings, read once; tests that override them get fresh ones."""
    return BackstorySettings.from_mapping(getattr(settings, "BACKSTORY", {}))


def schema_of_models() -> str:
    """Return the schema of our tables for the models of them, which are made before any check.

    Empty where the settings are wrong: a check says so.
    """
    try:
        return backstory_settings().schema
    except ConfigurationError:
        return ""


def forget(*, setting: str, **_: Any) -> None:
    """Read the settings anew after a test has overridden them."""
    if setting == "BACKSTORY":
        backstory_settings.cache_clear()


setting_changed.connect(forget, dispatch_uid="django_base.settings")
