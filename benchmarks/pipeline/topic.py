"""How many events a topic holds, and a whole way from an application to a history."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from confluent_kafka import Consumer, TopicPartition

from benchmarks.bench import Bench
from producer import bind_source, new_source

from .processes import command_line


class TopicCount:
    """Counts the events of a topic by its partitions' ends."""

    def __init__(self, bootstrap_servers: str, topic: str) -> None:
        self._client = Consumer(
            {"bootstrap.servers": bootstrap_servers, "group.id": "backstory.bench"}
        )
        partitions = self._client.list_topics(topic, timeout=10).topics[topic].partitions
        self._partitions = [TopicPartition(topic, number) for number in partitions]

    def __call__(self) -> int:
        """Return the number of events that are in the topic."""
        ends = (self._client.get_watermark_offsets(each, timeout=10) for each in self._partitions)
        return sum(high for low, high in ends)

    def close(self) -> None:
        self._client.close()


@dataclass(frozen=True, kw_only=True)
class Way:
    """One application, one topic and one history that belong together."""

    app_url: str = field(repr=False)
    history_url: str = field(repr=False)
    kafka: str
    topic: str
    home: Path

    @property
    def env(self) -> dict[str, str]:
        """The variables of the processes between them."""
        return {
            "BACKSTORY_APP_URL": self.app_url,
            "BACKSTORY_HISTORY_URL": self.history_url,
            "BACKSTORY_KAFKA": self.kafka,
            "BACKSTORY_HOME": str(self.home),
            "BACKSTORY_TOPIC": self.topic,
            "BACKSTORY_DEAD_TOPIC": f"{self.topic}.dead",
        }

    def count(self) -> TopicCount:
        return TopicCount(self.kafka, self.topic)


@contextmanager
def a_way(bench: Bench, name: str) -> Iterator[Way]:
    """Yield an empty way with its topics and history made; drop its databases at the end."""
    with bench.application(f"app_{name}") as app_url, bench.database(f"history_{name}") as history:
        way = Way(
            app_url=app_url,
            history_url=history,
            kafka=bench.home.kafka.bootstrap_servers,
            topic=f"bench.{name}",
            home=bench.home.folder,
        )
        _name(app_url)
        command_line(["migrate"], way.env)
        yield way


def _name(app_url: str) -> None:
    """Let the copied database publish under a name of its own, and believe its user's comments."""
    with psycopg.connect(app_url) as connection:
        new_source(connection, connection.info.dbname)
        bind_source(connection, connection.info.dbname, [connection.info.user])
