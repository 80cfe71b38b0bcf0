"""The events of a window as they lie on the topic: for one that the history does not have whole."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Final
from uuid import UUID

from ..consumer import Consumer
from ..memory import MemorySink
from ..replay.kafka import TopicPart
from ..settings import PersisterSettings
from .windows import Told

_SLACK: Final = timedelta(minutes=10)
"""What is acknowledged in a window was published a little before, by the clock of the relay."""
_BATCH: Final = 2_000


class WindowsOnTopic:
    """Looks for the ids of windows on the topic of an installation."""

    def __init__(self, settings: PersisterSettings) -> None:
        self._settings = settings

    def ids(self, source: str, told: Told) -> set[UUID]:
        """The distinct ids of a window, of what the topic still holds.

        Raises SourceUnavailable, SourceRefused.
        """
        settings = self._settings
        one = Consumer(
            name="verify",
            sink=MemorySink(),
            accepts=lambda event: event.source == source and event.window == told.number,
        )
        found: set[UUID] = set()
        with closing(
            TopicPart(settings.kafka_servers, settings.topic, config=settings.kafka_config)
        ) as part:
            ends = part.offsets_at(told.closed_at + _SLACK)
            starts = part.offsets_at(told.opened_at - _SLACK)
            part.aim(ends)
            part.start(starts)
            while any(starts[partition] < end for partition, end in ends.items()):
                records = part.poll(_BATCH, 0.1)
                found.update(event.id for _, event in one.sift(records)[0])
                starts.update({record.partition: record.offset + 1 for record in records})
        return found
