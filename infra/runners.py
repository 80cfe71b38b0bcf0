"""The consumers that ``backstory run`` can run, each by one entry of a table.

A new consumer is one entry of ``RUNNERS``: the name on the command line, what it does, its settings
and the function that runs it (and, if its dead letters can be retried, its ``Consumer``). They are
named as ``module:attribute`` and imported only when asked for, so that one consumer's libraries are
no other's concern:

    "slack": Runner(
        does="Tell people in Slack what the rules say.",
        settings="consumers:SlackSettings",
        run="consumers:notify_slack",
        consumer="consumers:slack_consumer",
    ),

``settings`` is a frozen dataclass with ``from_env(env)``, which raises ConfigurationError with all
problems at once, and a field ``instance: str | None``: the process's lasting name in its group.

``run`` is called in a thread of its own as ``run(settings, stop=…, health=…, metrics=…)``. It ends
within 5 s after ``stop`` is set; waits out what passes by itself and says so with
``health.waits(reason)``; tells ``health.begins``, ``found`` and ``advanced`` as the class says
(``Processor(health=health)`` does all of it); and raises what only a person can mend. Then it is
not ready, with the error's text as reason, and started again after a pause, as a process would be
by its supervisor; the others go on.

``consumer`` makes, from the settings, the ``Consumer`` that ``run`` runs. ``backstory dead retry``
sends a letter through it; its sink is closed by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pkgutil import resolve_name
from threading import Event as Flag
from typing import Any, Protocol, Self

from consumers import Consumer, ConsumerMetrics, Health


class Settings(Protocol):
    """What every consumer's settings have."""

    @property
    def instance(self) -> str | None:
        """Name of this process in its consumer group, kept over restarts."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; raise ConfigurationError naming each problem."""


class Run(Protocol):
    """Run one consumer until ``stop`` is set."""

    def __call__(
        self, settings: Any, /, *, stop: Flag, health: Health, metrics: ConsumerMetrics
    ) -> None: ...


class Recompute(Protocol):
    """Compute what lies in a range again, from the history; return how much that is."""

    def __call__(
        self, settings: Any, since: datetime | None, until: datetime | None, /, *, dry_run: bool
    ) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Runner:
    """One consumer; see the module.

    Attributes:
        does: what it does, in a sentence for ``--help``.
        settings: ``module:Class`` of its settings.
        run: ``module:function`` that runs it.
        consumer: ``module:function`` from settings to its Consumer; empty if nothing of it can be
            retried.
        recompute: ``module:function`` for what is computed from the history instead of replayed.
    """

    does: str
    settings: str
    run: str
    consumer: str = ""
    recompute: str = ""

    def load_settings(self, env: Mapping[str, str]) -> Settings:
        """The settings that the variables say; raises ConfigurationError."""
        cls: type[Settings] = resolve_name(self.settings)
        return cls.from_env(env)

    def load_run(self) -> Run:
        """Import what runs it."""
        run: Run = resolve_name(self.run)
        return run

    def load_consumer(self) -> Callable[[Settings], Consumer] | None:
        """Import what makes its Consumer, if there is one."""
        return resolve_name(self.consumer) if self.consumer else None

    def load_recompute(self) -> Recompute | None:
        """Import what computes its results again, if they come from the history."""
        return resolve_name(self.recompute) if self.recompute else None


RUNNERS: Mapping[str, Runner] = {
    "analytics": Runner(
        does="Count pages, people, changes and actions by minute.",
        settings="consumers:AnalyticsSettings",
        run="consumers:run_analytics",
        recompute="consumers:recompute_windows",
    ),
    "forward": Runner(
        does="Forward what may leave to PostHog.",
        settings="consumers:ForwardSettings",
        run="consumers:forward_events",
        consumer="consumers:forward_consumer",
    ),
    "slack": Runner(
        does="Keep what the rules tell Slack, for `backstory send`.",
        settings="consumers:NotifierSettings",
        run="consumers:notify_slack",
        consumer="consumers:slack_consumer",
    ),
    "email": Runner(
        does="Keep what the rules tell by mail, for `backstory send`.",
        settings="consumers:NotifierSettings",
        run="consumers:notify_email",
        consumer="consumers:email_consumer",
    ),
    "persist": Runner(
        does="Write each event once into the history.",
        settings="consumers:PersisterSettings",
        run="consumers:persist_events",
        consumer="consumers:history",
    ),
}


def named(settings: Settings, instance: str | None) -> Settings:
    """The settings with a lasting name in the group, unless they have one."""
    return replace(settings, instance=settings.instance or instance)  # type: ignore[type-var]
