"""A history, an empty one beside it, and a topic's records as they lie there."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Consumer, TopicPartition

from consumers import migrate
from infra.cli import main
from infra.kafka import admin, delete_topic, end_offsets
from infra.services import Services
from infra.testing import Databases

Records = list[tuple[int, bytes, bytes, Any]]
Run = Callable[..., Result]


@pytest.fixture
def make_history(databases: Databases) -> Iterator[Callable[[], str]]:
    """Makes histories without events."""
    made: list[str] = []

    def make() -> str:
        made.append(databases.create(template=databases.template("history", _migrate)))
        return made[-1]

    yield make
    for url in made:
        databases.drop(url)


@pytest.fixture
def history(make_history: Callable[[], str]) -> str:
    return make_history()


@pytest.fixture
def new_topic(services: Services) -> Iterator[str]:
    """The name of a topic that is not there; it is deleted after the test."""
    name = f"test.{uuid.uuid4().hex[:12]}"
    yield name
    delete_topic(admin(services.kafka), name)


@pytest.fixture
def env(services: Services, history: str) -> dict[str, str]:
    return {"BACKSTORY_KAFKA": services.kafka, "BACKSTORY_HISTORY_URL": history}


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """``backstory`` with these words."""

    def run(*words: str, **changes: str) -> Result:
        return CliRunner().invoke(main, words, env={**env, **changes})

    return run


def records_of(servers: str, topic: str) -> Records:
    """All records of a topic, by partition in their order: partition, key, value, headers."""
    client = Consumer({"bootstrap.servers": servers, "group.id": "test.records"})
    ends = end_offsets(admin(servers), topic)
    client.assign([TopicPartition(topic, partition, 0) for partition in ends])
    found: Records = []
    while len(found) < sum(ends.values()):
        for message in client.consume(1000, 1.0):
            assert message.error() is None
            found.append((message.partition(), message.key(), message.value(), message.headers()))
    client.close()
    return found


def _migrate(url: str) -> None:
    migrate(url)
