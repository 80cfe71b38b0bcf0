"""How far a topic reaches, and how old what nobody has read yet is."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from ..kafka import begin_offsets, end_offsets

_ANSWER_S = 5.0


@dataclass(frozen=True)
class Reach:
    """The first offset a topic still holds, and the next one it will give out, by partition."""

    begins: Mapping[int, int]
    ends: Mapping[int, int]

    def unread(self, offsets: Mapping[int, int]) -> dict[int, int]:
        """By partition with unread events: the offset of the first one that is still there."""
        starts = {
            partition: max(offsets.get(partition, begin), begin)
            for partition, begin in self.begins.items()
        }
        return {part: start for part, start in starts.items() if start < self.ends[part]}

    def lag(self, offsets: Mapping[int, int]) -> int:
        """How many events are there to be read."""
        unread = self.unread(offsets)
        return sum(self.ends[partition] - start for partition, start in unread.items())


def reach(client: AdminClient, topic: str) -> Reach:
    """Ask the broker; raises KafkaException, also if there is no such topic."""
    return Reach(begin_offsets(client, topic), end_offsets(client, topic))


def oldest_time(
    servers: str,
    config: Mapping[str, str],
    topic: str,
    offsets: Mapping[int, int],
    clock: Callable[[], float] = time.monotonic,
) -> float | None:
    """When the oldest of the records at these offsets was made, as seconds since 1970.

    Reads one record a partition, as no member of any group, for at most 5 s.
    """
    little = {"queued.min.messages": 1, "max.partition.fetch.bytes": 65536}
    alone = {"group.id": "backstory.status", "enable.auto.commit": False}
    client = Consumer({**config, **little, **alone, "bootstrap.servers": servers})
    times: dict[int, float] = {}
    try:
        client.assign([TopicPartition(topic, part, offset) for part, offset in offsets.items()])
        deadline = clock() + _ANSWER_S
        while len(times) < len(offsets) and clock() < deadline:
            for record in client.consume(100, 0.1):
                partition = record.partition()
                if record.error() is None and partition is not None:
                    times.setdefault(partition, record.timestamp()[1] / 1000)
    finally:
        client.close()
    return min(times.values(), default=None)
