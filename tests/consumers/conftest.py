"""What the consumers' tests share: a migrated history, a way to produce, sources and sinks."""

from collections.abc import Iterator
from typing import Protocol

import pytest

from consumers import HistorySink, KafkaSource, migrate
from infra.services import Services
from infra.testing import Databases
from tests.consumers.producing import Produce, producing_to


class MakeSource(Protocol):
    """Make a source that is closed after the test."""

    def __call__(
        self,
        *,
        instance: str | None = None,
        config: dict[str, str] | None = None,
        topic: str | None = None,
    ) -> KafkaSource: ...


@pytest.fixture
def history(databases: Databases) -> Iterator[str]:
    """The URL of an empty, migrated history of the test's own."""
    template = databases.template("history", prepare_history)
    url = databases.create(template=template)
    yield url
    databases.drop(url)


def prepare_history(url: str) -> None:
    """Make the template."""
    migrate(url)


@pytest.fixture
def sink(history: str) -> Iterator[HistorySink]:
    """A sink of that history."""
    sink = HistorySink(history)
    yield sink
    sink.close()


@pytest.fixture
def produce(services: Services, topic: str) -> Produce:
    """Puts events or bytes into the topic."""
    return producing_to(services.kafka, topic)


@pytest.fixture
def make_source(services: Services, topic: str) -> Iterator[MakeSource]:
    """Members of one group, which is the test's own."""
    made: list[KafkaSource] = []
    group = f"backstory.{topic}"
    own_topic = topic

    def make(
        *,
        instance: str | None = None,
        config: dict[str, str] | None = None,
        topic: str | None = None,
    ) -> KafkaSource:
        source = KafkaSource(
            services.kafka, topic or own_topic, group=group, instance=instance, config=config
        )
        made.append(source)
        return source

    yield make
    for source in made:
        source.close()
