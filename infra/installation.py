"""Where the parts of one installation are: read once, for the commands that look at all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from schemas import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Addresses and names. None is an address that nobody has told us.

    Attributes:
        kafka: bootstrap servers.
        kafka_config: librdkafka settings that every client of the installation is given.
        app_url: the application's database.
        history_url: the history database.
        schema: schema of the ``backstory_*`` tables in the application's database.
        topic: where events travel.
        dead_topic: where records go that a consumer could not use.
        consumer: name of the history among the topic's readers.
    """

    kafka: str | None = None
    kafka_config: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold passwords
    app_url: str | None = field(default=None, repr=False)
    history_url: str | None = field(default=None, repr=False)
    schema: str = "public"
    topic: str = "backstory.events"
    dead_topic: str = "backstory.dead"
    consumer: str = "history"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; raise ConfigurationError naming each bad one."""
        problems: list[str] = []
        config = _pairs(env.get("BACKSTORY_KAFKA_CONFIG", ""), problems)
        if problems:
            raise ConfigurationError(problems)
        return cls(
            kafka=env.get("BACKSTORY_KAFKA") or None,
            kafka_config=config,
            app_url=env.get("BACKSTORY_APP_URL") or None,
            history_url=env.get("BACKSTORY_HISTORY_URL") or None,
            schema=env.get("BACKSTORY_SCHEMA") or cls.schema,
            topic=env.get("BACKSTORY_TOPIC") or cls.topic,
            dead_topic=env.get("BACKSTORY_DEAD_TOPIC") or cls.dead_topic,
            consumer=env.get("BACKSTORY_CONSUMER") or cls.consumer,
        )


def _pairs(text: str, problems: list[str]) -> dict[str, str]:
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            problems.append(f"BACKSTORY_KAFKA_CONFIG has {part!r}: write key=value,key=value")
        pairs[key.strip()] = value.strip()
    return pairs
