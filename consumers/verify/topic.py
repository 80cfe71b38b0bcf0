"""The events of windows as they lie on the topic, for what the history does not have whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from schemas import Event, RelayWindow

from ..consumer import Consumer
from ..memory import MemorySink
from ..offsets import Held, state_of
from ..replay.kafka import TopicPart
from ..settings import PersisterSettings
from .windows import Judged

_SLACK: Final = timedelta(minutes=10)
"""What is acknowledged in a window was published a little before, by the clock of the relay."""
_BATCH: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the topic still holds of windows.

    Attributes:
        ids: by number, the distinct ids of its events.
        told: those whose own event is there.
        held: by partition, what it holds now.
    """

    topic: str
    held: Mapping[int, Held]
    ids: dict[int, set[UUID]] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)

    def expired(self, at: datetime | None) -> str:
        """Which partitions no longer reach back to a moment, in words; nothing if all do."""
        gone = [
            f"partition {number} at offset {held.first:,} "
            + (f"({held.first_at:%F %T %Z})" if held.first_at else "(it is empty)")
            for number, held in sorted(self.held.items())
            if held.first and not (at and held.first_at and held.first_at <= at)
        ]
        return (
            f"gone from topic {self.topic!r}, which begins later: {', '.join(gone)}" if gone else ""
        )


class WindowsOnTopic:
    """Looks for windows on the topic of an installation."""

    def __init__(self, settings: PersisterSettings) -> None:
        self._settings = settings

    def look(self, source: str, windows: Sequence[Judged]) -> Seen:
        """Find what the topic still holds of some windows of a source, between their times.

        Raises SourceUnavailable, SourceRefused.
        """
        wanted = {one.number for one in windows}
        seen = self._held()

        def takes(event: Event) -> bool:
            return event.source == source and (
                event.window in wanted or event.type == RelayWindow.__event_type__
            )

        one = Consumer(name="verify", sink=MemorySink(), accepts=takes)
        sinces = [one.since or one.until for one in windows]
        untils = [one.until for one in windows]
        since = min((at for at in sinces if at), default=None)
        until = max((at for at in untils if at), default=None)
        if since is None or until is None:
            return seen
        settings = self._settings
        with closing(
            TopicPart(settings.kafka_servers, settings.topic, config=settings.kafka_config)
        ) as part:
            for event in _events(part, one, since - _SLACK, until + _SLACK):
                if isinstance(event.window, int):
                    seen.ids.setdefault(event.window, set()).add(event.id)
                else:
                    seen.told.add(cast(RelayWindow, event.payload()).number)
        return seen

    def _held(self) -> Seen:
        settings = self._settings
        state = state_of(settings.kafka_servers, settings.topic, settings.kafka_config)
        return Seen(topic=settings.topic, held=state.partitions)


def _events(
    part: TopicPart, consumer: Consumer, since: datetime, until: datetime
) -> Iterator[Event]:
    """What the consumer accepts of what was published between two moments."""
    ends, starts = part.offsets_at(until), part.offsets_at(since)
    part.aim(ends)
    part.start(starts)
    while any(starts[partition] < end for partition, end in ends.items()):
        records = part.poll(_BATCH, 0.1)
        for _, event in consumer.sift(records)[0]:
            yield event
        starts.update({record.partition: record.offset + 1 for record in records})
