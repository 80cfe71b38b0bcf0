"""A part of a topic as a source: no member of any group, so no live consumer notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from confluent_kafka import OFFSET_BEGINNING, TopicPartition
from confluent_kafka import Consumer as Client

from ..errors import MissingRange
from ..kafka import KafkaSource
from ..records import Record
from .errors import ReplayRangeGone
from .pace import Pace

_SMALL = {"queued.max.messages.kbytes": "4096"}
"""Memory is bounded by this times the number of partitions."""


class TopicPart(KafkaSource):
    """Reads each partition up to an offset that may be moved on with ``aim``."""

    def __init__(
        self,
        servers: str,
        topic: str,
        *,
        pace: Pace | None = None,
        config: Mapping[str, str] | None = None,
    ) -> None:
        self._targets: dict[int, int] = {}
        self._reached: set[int] = set()
        self.pace = pace or Pace(None)
        super().__init__(
            servers, topic, group="backstory.replay", config={**_SMALL, **(config or {})}
        )

    def partitions(self) -> list[int]:
        """Those of the topic."""
        return self._broker.partitions(self._client)

    def bounds(self) -> dict[int, tuple[int, int]]:
        """By partition: the oldest offset that is there, and the one after the last."""
        return {partition: self._bounds(partition) for partition in self.partitions()}

    def offsets_at(self, moment: datetime) -> dict[int, int]:
        """By partition: the first offset whose record is not older; the end if there is none."""
        found = self._broker.offsets_at(self._client, moment)
        ends = self.bounds()
        return {p: ends[p][1] if offset is None else offset for p, offset in found.items()}

    def aim(self, targets: Mapping[int, int]) -> None:
        """Read up to these offsets, from where the sink says that each stands."""
        if set(targets) != set(self._targets):
            parts = [TopicPartition(self.topic, p, OFFSET_BEGINNING) for p in targets]
            self._client.assign(parts)
            self._client.pause(parts)
            self._places.clear()
            self._places.assign(targets)
        self._targets = dict(targets)
        self.rewind()

    def poll(self, limit: int, wait_s: float) -> list[Record]:
        """As of every source; no record from its target on, and no more than the pace allows."""
        allowed = self.pace.allowed(limit, wait_s)
        if allowed == 0:
            return []
        records = [r for r in super().poll(allowed, wait_s) if self._is_wanted(r)]
        self.pace.took(len(records))
        return records

    def ends(self) -> Mapping[int, int]:
        """The targets."""
        return {partition: target for partition, target in self._targets.items() if target}

    def rewind(self) -> None:
        """Begin again where the sink says."""
        self._reached.clear()
        super().rewind()

    def commit(self, offsets: Mapping[int, int]) -> None:
        """Nothing: there is no group."""

    def _joined(self) -> Client:
        return Client(self._settings, logger=self._log)

    def _is_wanted(self, record: Record) -> bool:
        """Whether it lies before the target; a partition that is there reads no further."""
        partition, target = record.partition, self._targets[record.partition]
        if record.offset + 1 >= target and partition not in self._reached:
            self._reached.add(partition)
            self._client.pause([TopicPartition(self.topic, partition)])
        return record.offset < target

    def _raise_unreadable(self, partition: int) -> None:
        try:
            super()._raise_unreadable(partition)
        except MissingRange as gone:
            raise ReplayRangeGone(self.topic, partition, gone.first, gone.available) from gone
