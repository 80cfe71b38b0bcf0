"""What every long-running process is told, whatever it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from schemas import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class ProcessSettings:
    """Where a process is asked how it is.

    Attributes:
        home: where the names of processes are remembered.
        metrics_port: where Prometheus reads, and ``/ready`` and ``/live`` answer; None for nowhere.
        health_port: where they answer as well; None for nowhere else.
        stuck_after_s: a loop that settles nothing for so long although something is unread is
            stuck, in seconds.
        notify_socket: where systemd listens; None without it.
        watchdog_s: how often systemd wants to hear that the process lives, in seconds.
    """

    home: Path = Path(".backstory")
    metrics_port: int | None = None
    health_port: int | None = None
    stuck_after_s: float = 60.0
    notify_socket: str | None = None
    watchdog_s: float | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the ``BACKSTORY_*`` variables; raise ConfigurationError naming each bad one."""
        problems: list[str] = []
        settings = cls(
            home=Path(env.get("BACKSTORY_HOME") or cls.home),
            metrics_port=_port(env, "BACKSTORY_METRICS_PORT", problems),
            health_port=_port(env, "BACKSTORY_HEALTH_PORT", problems),
            stuck_after_s=_seconds(env, "BACKSTORY_STUCK_AFTER_S", cls.stuck_after_s, problems),
        )
        if problems:
            raise ConfigurationError(problems)
        microseconds = env.get("WATCHDOG_USEC")
        return replace(
            settings,
            notify_socket=env.get("NOTIFY_SOCKET") or None,
            watchdog_s=int(microseconds) / 1e6 if microseconds else None,
        )

    @property
    def ports(self) -> frozenset[int]:
        """Where to answer."""
        return frozenset(filter(None, (self.metrics_port, self.health_port)))


def read_settings(
    env: Mapping[str, str], *readers: Callable[[Mapping[str, str]], Any]
) -> list[Any]:
    """What each reader reads; raises one ConfigurationError with the problems of all."""
    read, problems = [], dict[str, None]()
    for reader in readers:
        try:
            read.append(reader(env))
        except ConfigurationError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ConfigurationError(list(problems))
    return read


def _port(env: Mapping[str, str], name: str, problems: list[str]) -> int | None:
    text = env.get(name)
    if not text:
        return None
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    problems.append(f"{name} is {text!r}: give a port from 1 to 65535")
    return None


def _seconds(env: Mapping[str, str], name: str, default: float, problems: list[str]) -> float:
    text = env.get(name)
    if not text:
        return default
    if text.isascii() and text.isdigit() and int(text) > 0:
        return float(text)
    problems.append(f"{name} is {text!r}: give a whole number of seconds")
    return default
