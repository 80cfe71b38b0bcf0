"""What analytics are told from outside, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from schemas import ConfigurationError

from ..settings import PersisterSettings
from .measures import Funnel
from .security import Security


@dataclass(frozen=True, kw_only=True)
class AnalyticsSettings(PersisterSettings):
    """Where events come from and the numbers go: schema ``analytics`` of the history database.

    Attributes:
        lateness_s: an event this late is still counted in memory; a later one makes its windows be
            computed from the history.
        reconcile_every_s: how often that is done.
        funnels: actions that one person does one after the other, counted by day.
    """

    lateness_s: int = 120
    reconcile_every_s: float = 15.0
    funnels: tuple[Funnel, ...] = ()

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; ConfigurationError tells all that is wrong."""
        problems: list[str] = []
        reading = cls.read(env, problems)
        problems += _security_problems(reading["kafka_config"])
        lateness = env.get("BACKSTORY_LATENESS_S") or "120"
        if not (lateness.isascii() and lateness.isdigit()):
            problems.append(f"BACKSTORY_LATENESS_S is {lateness!r}: give a whole number of seconds")
        funnels = _funnels(env.get("BACKSTORY_FUNNELS", ""), problems)
        if problems:
            raise ConfigurationError(problems)
        return cls(**reading, lateness_s=int(lateness), funnels=funnels)


def _security_problems(config: Mapping[str, str]) -> list[str]:
    try:
        Security.from_config(config)
    except ConfigurationError as error:
        return list(error.problems)
    return []


def _funnels(text: str, problems: list[str]) -> tuple[Funnel, ...]:
    """Read ``NAME=first>second>third;OTHER=…``."""
    funnels = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, actions = part.partition("=")
        steps = tuple(step.strip() for step in actions.split(">"))
        if not (equals and name.strip() and len(steps) > 1 and all(steps)):
            problems.append(f"BACKSTORY_FUNNELS has {part!r}: write name=first.act>second.act")
        funnels.append(Funnel(name.strip(), steps))
    return tuple(funnels)
