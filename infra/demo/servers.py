"""The servers that the demo runs on: embedded, in containers, or somebody else's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from schemas import ConfigurationError

from ..databases import ensure_database, with_database
from ..embedded import APP_DATABASE, HISTORY_DATABASE, Home
from ..services import services
from ..settings import ServerSettings
from ..steps import Steps

VARIABLES = ("BACKSTORY_KAFKA", "BACKSTORY_APP_URL", "BACKSTORY_HISTORY_URL")


@contextmanager
def servers(kind: str, env: Mapping[str, str], steps: Steps) -> Iterator[dict[str, str]]:
    """Addresses of running servers; those that were started here are stopped at the end."""
    if kind == "external":
        missing = [f"{name} is not set" for name in VARIABLES if not env.get(name)]
        if missing:
            raise ConfigurationError(missing)
        yield {name: env[name] for name in VARIABLES}
    elif kind == "containers":
        steps.begin("Kafka and PostgreSQL in containers")
        started = services(kind, Path(), env)
        try:
            yield _with_databases(started.kafka, started.postgres_url)
        finally:
            started.stop()
    else:
        home = Home(ServerSettings.from_env(env), progress=steps.downloaded)
        ran = set(home.environment()) == set(VARIABLES)
        try:
            home.up(steps.begin)
            yield home.environment()
        finally:
            if not ran:
                home.down()


def _with_databases(kafka: str, postgres_url: str) -> dict[str, str]:
    for database in (APP_DATABASE, HISTORY_DATABASE):
        ensure_database(postgres_url, database)
    return {
        "BACKSTORY_KAFKA": kafka,
        "BACKSTORY_APP_URL": with_database(postgres_url, APP_DATABASE),
        "BACKSTORY_HISTORY_URL": with_database(postgres_url, HISTORY_DATABASE),
    }
