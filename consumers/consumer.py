"""A consumer as a value, and the first half of its processing: which records it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from schemas import Event, InvalidEvent, decode

from .beginning import Beginning
from .ports import Sink
from .records import DeadLetter, Record


def every_event(event: Event) -> bool:
    """Accept whatever comes."""
    return True


class OnReplay(Enum):
    """What happens when somebody asks for the past once more: nothing, unless it does no harm."""

    REFUSE = "refuse"
    RUN = "run"


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """Who reads (the Kafka group is ``backstory.NAME``), what it accepts, where that is kept.

    More than ``dead_limit`` dead letters among ten times as many records stop it. ``beginning`` is
    where it starts in a topic that it has never read. ``on_replay`` says whether an event that it
    has had may come again: only what tells nobody anew, and keeps each event once, may say RUN.
    """

    name: str
    sink: Sink
    accepts: Callable[[Event], bool] = every_event
    dead_limit: int = 100
    beginning: Beginning = Beginning.OLDEST
    on_replay: OnReplay = OnReplay.REFUSE

    @property
    def group(self) -> str:
        return f"backstory.{self.name}"

    def sift(
        self, records: Iterable[Record]
    ) -> tuple[list[tuple[Record, Event]], list[DeadLetter]]:
        """Decode records: those with an event that it accepts, and those that are no event."""
        events: list[tuple[Record, Event]] = []
        rejected: list[DeadLetter] = []
        accepts = self.accepts
        for record in records:
            if record.value is None:
                rejected.append(DeadLetter(record, "null value: a tombstone is no event"))
                continue
            try:
                event = decode(record.value)
            except InvalidEvent as error:
                rejected.append(DeadLetter(record, str(error)))
                continue
            if accepts(event):
                events.append((record, event))
        return events, rejected
