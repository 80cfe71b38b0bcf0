"""What the persister is told from outside, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from schemas import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class PersisterSettings:
    """Where events come from and where they are kept.

    Attributes:
        kafka_servers: bootstrap servers, ``host:port,host:port``.
        history_url: of the history database.
        kafka_config: librdkafka settings on top of ours.
        topic: where events are read.
        dead_topic: where records that cannot be used are copied.
        consumer: name of this history among the topic's readers; two histories need two names.
        instance: name of this process in its consumer group, kept over restarts; None for none.
        dead_limit: dead letters allowed among ten times as many records; more stop it.
        batch_limit: records a transaction at most.
        batch_wait_s: how long a batch waits to fill, in seconds.
    """

    kafka_servers: str
    history_url: str = field(repr=False)  # carries a password
    kafka_config: Mapping[str, str] = field(default_factory=dict, repr=False)  # may carry one too
    topic: str = "backstory.events"
    dead_topic: str = "backstory.dead"
    consumer: str = "history"
    instance: str | None = None
    dead_limit: int = 100
    batch_limit: int = 2000
    batch_wait_s: float = 0.025

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; ConfigurationError names each missing or bad one."""
        problems: list[str] = []
        reading = cls.read(env, problems)
        if problems:
            raise ConfigurationError(problems)
        return cls(**reading)

    @classmethod
    def read(cls, env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
        """Read these fields, for settings that have more of them; what is wrong is added."""
        for name, example in (
            ("BACKSTORY_KAFKA", "localhost:9092"),
            ("BACKSTORY_HISTORY_URL", "postgresql://user@host/history"),
        ):
            if not env.get(name):
                problems.append(f"{name} is not set: set it to something like {example}")
        return {
            "kafka_servers": env.get("BACKSTORY_KAFKA", ""),
            "history_url": env.get("BACKSTORY_HISTORY_URL", ""),
            "kafka_config": _pairs(env.get("BACKSTORY_KAFKA_CONFIG", ""), problems),
            "topic": env.get("BACKSTORY_TOPIC") or cls.topic,
            "dead_topic": env.get("BACKSTORY_DEAD_TOPIC") or cls.dead_topic,
            "consumer": env.get("BACKSTORY_CONSUMER") or cls.consumer,
            "instance": env.get("BACKSTORY_INSTANCE") or None,
            "dead_limit": _count(env, "BACKSTORY_DEAD_LIMIT", cls.dead_limit, problems),
        }


def _count(env: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = env.get(name)
    if not text:
        return default
    if text.isascii() and text.isdigit():
        return int(text)
    problems.append(f"{name} is {text!r}: give a whole number")
    return default


def _pairs(text: str, problems: list[str]) -> dict[str, str]:
    """Read ``key=value,key=value``."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            problems.append(f"BACKSTORY_KAFKA_CONFIG has {part!r}: write key=value,key=value")
        pairs[key.strip()] = value.strip()
    return pairs
