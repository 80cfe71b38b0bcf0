"""The settings of the embedded servers, read from variables in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from schemas import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Where the embedded servers live and what they are made from.

    Attributes:
        home: folder with the servers' data; kept across restarts, one per project.
        cache: folder with downloaded jars; shared by all projects of a user.
        search_path: the PATH on which a Java is looked for.
        java_home: a JDK or JRE to prefer.
        postgres_bin: folder with PostgreSQL's programs, instead of the installed wheel's.
        maven_mirror: URL of a Maven repository to use instead of Maven Central.
        kafka_port: port Kafka must have; without one a free port is chosen and remembered.
        postgres_port: the same for PostgreSQL.
    """

    home: Path = Path(".backstory")
    cache: Path
    search_path: str = ""
    java_home: Path | None = None
    postgres_bin: Path | None = None
    maven_mirror: str | None = None
    kafka_port: int | None = None
    postgres_port: int | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the variables; raise ConfigurationError naming each bad one."""
        problems: list[str] = []
        user_cache = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME") or "~") / ".cache")
        settings = cls(
            home=Path(env.get("BACKSTORY_HOME") or ".backstory").absolute(),
            cache=Path(env.get("BACKSTORY_CACHE") or user_cache.expanduser() / "backstory"),
            search_path=env.get("PATH", ""),
            java_home=_path(env, "JAVA_HOME"),
            postgres_bin=_path(env, "BACKSTORY_POSTGRES_BIN"),
            maven_mirror=env.get("BACKSTORY_MAVEN_MIRROR") or None,
            kafka_port=_port(env, "BACKSTORY_KAFKA_PORT", problems),
            postgres_port=_port(env, "BACKSTORY_POSTGRES_PORT", problems),
        )
        if problems:
            raise ConfigurationError(problems)
        return settings


def _path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]).absolute() if env.get(name) else None


def _port(env: Mapping[str, str], name: str, problems: list[str]) -> int | None:
    text = env.get(name)
    if not text:
        return None
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    problems.append(f"{name} is {text!r}: it has to be a port number from 1 to 65535")
    return None
