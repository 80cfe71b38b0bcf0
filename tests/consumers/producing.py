"""Putting events, and what is none, into a topic."""

from collections.abc import Iterable
from typing import Protocol

from confluent_kafka import Producer

from schemas import Event, encode


class Produce(Protocol):
    """Append values to one partition and wait for the broker."""

    def __call__(
        self,
        values: Iterable[Event | bytes | None],
        *,
        partition: int = 0,
        key: bytes | None = None,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> None: ...


def producing_to(servers: str, topic: str) -> Produce:
    """Make one for a topic; it compresses as the relay does."""
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 5, "compression.type": "lz4"})

    def produce(
        values: Iterable[Event | bytes | None],
        *,
        partition: int = 0,
        key: bytes | None = None,
        headers: list[tuple[str, bytes]] | None = None,
    ) -> None:
        for value in values:
            body = encode(value) if isinstance(value, Event) else value
            producer.produce(topic, body, key, partition=partition, headers=headers or [])
            producer.poll(0)
        assert producer.flush(30) == 0

    return produce
