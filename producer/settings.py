"""The relay's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from schemas import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class RelaySettings:
    """Where the relay reads and writes.

    Attributes:
        app_url: the application's database, directly and not through a transaction pooler.
        schema: where the ``backstory_*`` tables are.
        kafka_servers: bootstrap servers.
        kafka_config: further librdkafka settings.
        lease_s: after so long without a sign of life another relay takes over, in seconds.
    """

    app_url: str = field(repr=False)  # carries a password
    kafka_servers: str
    kafka_config: Mapping[str, str] = field(default_factory=dict, repr=False)
    topic: str = "backstory.events"
    schema: str = "public"
    lease_s: float = 5.0

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; raise ConfigurationError naming each missing one."""
        problems = [
            f"{name} is not set: {what}"
            for name, what in (
                ("BACKSTORY_APP_URL", "give the URL of the application's database"),
                ("BACKSTORY_KAFKA", "give Kafka's bootstrap servers, as HOST:PORT,HOST:PORT"),
            )
            if not env.get(name)
        ]
        extras = _pairs("BACKSTORY_KAFKA_CONFIG", env.get("BACKSTORY_KAFKA_CONFIG", ""), problems)
        if problems:
            raise ConfigurationError(problems)
        return cls(
            app_url=env["BACKSTORY_APP_URL"],
            kafka_servers=env["BACKSTORY_KAFKA"],
            kafka_config=extras,
            topic=env.get("BACKSTORY_TOPIC") or "backstory.events",
            schema=env.get("BACKSTORY_SCHEMA") or "public",
        )


def _pairs(name: str, text: str, problems: list[str]) -> dict[str, str]:
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not (key and equals):
            problems.append(f"{name} has {part!r}: write key=value,key=value")
        pairs[key.strip()] = value.strip()
    return pairs
