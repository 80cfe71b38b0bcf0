"""What a replay would read and keep, and how long that takes, without writing anything."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Final

from ..consumer import Consumer
from ..memory import MemorySink
from ..settings import PersisterSettings
from .asked import Asked, Selection
from .kafka import TopicPart
from .planning import planned

_SAMPLE: Final = 2_000
"""Records of each partition that are looked at."""
PER_S: Final = 25_000
"""Events a second that a replay is made for, indexes included."""


@dataclass(frozen=True)
class Estimate:
    """Counts of a replay that was not run.

    Attributes:
        records: in the part of the topic that it would read.
        sampled: those that were looked at: the first of each partition.
        matching: of the sampled ones, those it would keep.
        seconds: how long it would take at its rate, or at 25,000 events a second.
    """

    records: int
    sampled: int
    matching: int
    seconds: float

    @property
    def events(self) -> int:
        """About how many it would keep."""
        return round(self.records * self.matching / self.sampled) if self.sampled else 0


def estimate_replay(
    settings: PersisterSettings, asked: Asked, per_second: float | None
) -> Estimate:
    """Count by offsets, and look at a sample; raises ReplayRangeGone or SourceUnavailable."""
    config = settings.kafka_config
    with closing(TopicPart(settings.kafka_servers, settings.topic, config=config)) as source:
        bounds = source.bounds()
        begins, ends = {}, {}
        for place in planned(source, asked):
            begins[place.partition] = place.first
            end = bounds[place.partition][1] if place.last is None else place.last
            ends[place.partition] = max(end, place.first)
        records = sum(ends.values()) - sum(begins.values())
        sampled, matching = _sample(source, begins, ends, asked.selection)
    return Estimate(records, sampled, matching, records / min(per_second or PER_S, PER_S))


def _sample(
    source: TopicPart, begins: dict[int, int], ends: dict[int, int], selection: Selection
) -> tuple[int, int]:
    """Read the first records of each partition: how many, and how many of them are selected."""
    targets = {partition: min(ends[partition], begins[partition] + _SAMPLE) for partition in ends}
    left = sum(targets.values()) - sum(begins.values())
    consumer = Consumer(name="replay", sink=MemorySink(), accepts=selection.accepts)
    source.aim(targets)
    source.start(begins)
    sampled = matching = 0
    while sampled < left:
        records = source.poll(_SAMPLE, 1.0)
        sampled += len(records)
        matching += len(consumer.sift(records)[0])
    return sampled, matching
