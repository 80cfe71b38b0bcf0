"""A topic, a persister over it, and ``backstory offsets``."""

from collections.abc import Callable, Iterator
from threading import Event as Flag

import pytest
from click.testing import CliRunner, Result

from consumers import PersisterSettings, migrate, persist_events
from infra.cli import main
from infra.services import Services
from infra.testing import Databases

Run = Callable[..., Result]
Persist = Callable[[str], None]


@pytest.fixture
def history(databases: Databases) -> Iterator[str]:
    url = databases.create(template=databases.template("history", _migrate))
    yield url
    databases.drop(url)


@pytest.fixture
def env(services: Services, topic: str, history: str) -> dict[str, str]:
    return {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": history,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_CONSUMER": topic,
    }


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """``backstory offsets`` with these words."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["offsets", *words], env=env)

    return run


@pytest.fixture
def persist(env: dict[str, str]) -> Persist:
    """Keep what the topic holds, in a history."""

    def persist(history: str) -> None:
        settings = PersisterSettings.from_env({**env, "BACKSTORY_HISTORY_URL": history})
        persist_events(settings, stop=Flag(), once=True)

    return persist


def _migrate(url: str) -> None:
    migrate(url)
