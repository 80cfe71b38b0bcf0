"""An application whose events travel through relay and persister into a history."""

import json
from collections.abc import Callable, Iterator
from threading import Event as Flag
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from consumers import PersisterSettings, migrate, persist_events
from infra.cli import main
from infra.services import Services
from infra.testing import Databases
from producer import KafkaPublisher, PostgresOutbox, Relay, adopt_source
from tests.consumers.observing import rows
from tests.producer.capturing import prepare

Write = Callable[[int], None]
Verify = Callable[..., dict[str, Any]]


@pytest.fixture
def app_url(databases: Databases) -> Iterator[str]:
    """The URL of an application's database with a tracked table."""
    url = databases.create(template=databases.template("producer", prepare))
    with psycopg.connect(url) as connection:  # the copy is not its template
        adopt_source(connection)
    yield url
    databases.drop(url)


@pytest.fixture
def history(databases: Databases) -> Iterator[str]:
    url = databases.create(template=databases.template("history", _migrate))
    yield url
    databases.drop(url)


@pytest.fixture
def publish(services: Services, app_url: str, topic: str) -> Write:
    """Write so many rows and publish them: a window of the ledger."""

    def publish(count: int) -> None:
        rows(
            app_url,
            "INSERT INTO certificate (id) SELECT coalesce((SELECT max(id) FROM certificate), "
            "0) + n FROM generate_series(1, %s) AS n",
            count,
        )
        Relay(
            PostgresOutbox(app_url, schema="public", holder="test"),
            KafkaPublisher(services.kafka, topic),
        ).drain()

    return publish


@pytest.fixture
def persist(services: Services, topic: str, history: str) -> Callable[[], None]:
    """Keep what the topic holds."""

    def persist() -> None:
        settings = PersisterSettings(
            kafka_servers=services.kafka, history_url=history, topic=topic, consumer=topic
        )
        persist_events(settings, stop=Flag(), once=True)

    return persist


@pytest.fixture
def write(publish: Write, persist: Callable[[], None]) -> Write:
    """Write so many rows, and see them into the history."""

    def write(count: int) -> None:
        publish(count)
        persist()

    return write


@pytest.fixture
def env(services: Services, topic: str, history: str) -> dict[str, str]:
    return {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_HISTORY_URL": history,
    }


@pytest.fixture
def run(env: dict[str, str]) -> Callable[..., Result]:
    """``backstory verify`` with these words; nothing counts as on its way unless they say so."""

    def run(*words: str, **changes: str) -> Result:
        return CliRunner().invoke(main, ["verify", "--lag", "0", *words], env={**env, **changes})

    return run


@pytest.fixture
def verify(run: Callable[..., Result]) -> Verify:
    """The report of ``backstory verify``; its exit code has to fit the verdict."""

    def verify(*words: str, **changes: str) -> dict[str, Any]:
        done = run("--json", *words, **changes)
        assert done.exit_code in (0, 3), done.output
        report: dict[str, Any] = json.loads(done.stdout)
        assert report["verdict"].startswith("complete") == (done.exit_code == 0)
        report["windows"] = {state: n for state, n in report["windows"].items() if n}
        return report

    return verify


def behind_its_back(history: str, statement: str, *parameters: object) -> None:
    """What only a superuser can do: change the history."""
    with psycopg.connect(history, autocommit=True) as connection:
        for (partition,) in connection.execute(
            "SELECT relid::regclass::text FROM pg_partition_tree('history.events')"
        ).fetchall():
            connection.execute(f"ALTER TABLE {partition} DISABLE TRIGGER USER")
        assert connection.execute(statement, parameters or None).rowcount == 1


def _migrate(url: str) -> None:
    migrate(url)
