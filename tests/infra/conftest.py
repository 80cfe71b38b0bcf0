"""A whole installation of a test's own: both databases and a topic, with their tables."""

import psycopg
import pytest

import consumers
import producer
from infra.installation import Installation
from infra.services import Services
from infra.testing import Databases


def make_outbox(url: str) -> None:
    with psycopg.connect(url) as connection:
        producer.create_tables(connection)


@pytest.fixture
def app_url(databases: Databases) -> str:
    """An application's database with an outbox."""
    return databases.create(template=databases.template("outbox", make_outbox))


@pytest.fixture
def history_url(databases: Databases) -> str:
    """A history without events."""

    def migrate(url: str) -> None:
        consumers.migrate(url)

    return databases.create(template=databases.template("history", migrate))


@pytest.fixture
def installation(services: Services, app_url: str, history_url: str, topic: str) -> Installation:
    return Installation(
        kafka=services.kafka,
        app_url=app_url,
        history_url=history_url,
        topic=topic,
        dead_topic=topic,
    )
