"""What is on a topic, as a consumer would see it."""

from __future__ import annotations

from typing import Any

from confluent_kafka import Consumer, Message, TopicPartition

from schemas import Event, decode


def messages_on(kafka: str, topic: str) -> list[Message]:
    """Return all messages; those of a partition are in its order."""
    settings = {"bootstrap.servers": kafka, "group.id": "reading", "enable.auto.commit": False}
    consumer = Consumer(settings)
    try:
        partitions = consumer.list_topics(topic, 10).topics[topic].partitions
        places = [TopicPartition(topic, partition, 0) for partition in partitions]
        count = sum(consumer.get_watermark_offsets(place, 10)[1] for place in places)
        consumer.assign(places)
        found: list[Message] = []
        while len(found) < count:
            batch = consumer.consume(count - len(found), 1)
            assert all(message.error() is None for message in batch)
            found.extend(batch)
        return found
    finally:
        consumer.close()


def events_on(kafka: str, topic: str, prefix: str = "") -> list[Event]:
    """Return all events whose type begins with ``prefix``."""
    events = [decode(message.value() or b"") for message in messages_on(kafka, topic)]
    return [event for event in events if event.type.startswith(prefix)]


def firsts(events: list[Event]) -> list[Event]:
    """Return each event once, where it came first: what a history keeps."""
    seen: dict[Any, Event] = {}
    for event in events:
        seen.setdefault(event.id, event)
    return list(seen.values())
