"""A database with a tracked table, and relays over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from infra.services import Services
from infra.testing import Databases
from producer import KafkaPublisher, OutboxLimits, PostgresOutbox, Relay, adopt_source
from tests.producer.capturing import prepare

Connection = psycopg.Connection[Any]


@pytest.fixture
def app_url(databases: Databases) -> Iterator[str]:
    """The URL of an application's database with a tracked table."""
    url = databases.create(template=databases.template("producer", prepare))
    with psycopg.connect(url) as connection:  # the copy is not its template
        adopt_source(connection)
    yield url
    databases.drop(url)


@pytest.fixture
def connect(app_url: str) -> Iterator[Callable[[], Connection]]:
    """Makes sessions of the application, each statement a transaction unless told otherwise."""
    opened: list[Connection] = []

    def make() -> Connection:
        opened.append(psycopg.connect(app_url, autocommit=True))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture
def app(connect: Callable[[], Connection]) -> Connection:
    """One session of the application."""
    return connect()


@pytest.fixture
def drain(services: Services, app_url: str, topic: str) -> Callable[[], None]:
    """Relays what is committed now to the topic, by a relay of its own each time."""

    def run() -> None:
        outbox = PostgresOutbox(
            app_url, schema="public", holder="test", limits=OutboxLimits(page_rows=50)
        )
        Relay(outbox, KafkaPublisher(services.kafka, topic)).drain()

    return run
