"""The servers a run works against: embedded, in containers, or somebody else's."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

from schemas import ConfigurationError

from .embedded import Home
from .settings import ServerSettings

KINDS = ("embedded", "containers", "external")


class Services(Protocol):
    """A Kafka and a PostgreSQL. Each is started when its address is first asked for."""

    @property
    def kafka(self) -> str:
        """Bootstrap servers."""

    @property
    def postgres_url(self) -> str:
        """URL of a database whose account may make databases and roles."""

    def stop(self) -> None:
        """End what was started here, and delete its data."""


class EmbeddedServices:
    """Throw-away servers as processes of this machine, in a folder of their own."""

    def __init__(self, settings: ServerSettings, *, durable: bool = False) -> None:
        """``durable`` keeps PostgreSQL's fsync on, which only a crash of the machine needs."""
        lax = {} if durable else {"fsync": "off"}
        self._home = Home(settings, postgres_settings=lax)

    @cached_property
    def kafka(self) -> str:
        self._home.kafka.start()
        return self._home.kafka.bootstrap_servers

    @cached_property
    def postgres_url(self) -> str:
        self._home.postgres.start()
        return self._home.postgres.url()

    def stop(self) -> None:
        self._home.reset()


class ExternalServices:
    """Servers that somebody else runs; they are neither started nor stopped."""

    def __init__(self, kafka: str, postgres_url: str) -> None:
        self.kafka = kafka
        self.postgres_url = postgres_url

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "ExternalServices":
        """Read BACKSTORY_TEST_KAFKA and BACKSTORY_TEST_PG; raise ConfigurationError."""
        names = ("BACKSTORY_TEST_KAFKA", "BACKSTORY_TEST_PG")
        missing = [f"{name} is not set" for name in names if not env.get(name)]
        if missing:
            raise ConfigurationError(missing)
        return cls(*(env[name] for name in names))

    def stop(self) -> None:
        """Nothing was started."""


def services(kind: str, folder: Path, env: Mapping[str, str]) -> Services:
    """The servers of one of KINDS; embedded ones keep their data below ``folder``."""
    if kind == "external":
        return ExternalServices.from_env(env)
    if kind == "containers":
        from .containers import ContainerServices

        return ContainerServices()
    return EmbeddedServices(ServerSettings.from_env({**env, "BACKSTORY_HOME": str(folder)}))
