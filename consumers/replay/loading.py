"""From the topic into the fresh table, up to where the live history has come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from ..consumer import Consumer
from ..errors import SourceUnavailable, TopicRecreated
from ..processor import Processor
from .asked import Asked
from .errors import ReplayRecreated
from .fresh import Fresh
from .kafka import TopicPart
from .pace import Pace
from .planning import live_positions, planned, targets
from .session import NAME, Session

_BATCH: Final = 4_000
_WAIT_S: Final = 0.1


class Loading:
    """Reads a part of a topic into the fresh table, in the loop that every consumer runs in.

    What passes by itself is waited out; ``stop`` ends it between two batches.
    """

    def __init__(
        self,
        session: Session,
        fresh: Fresh,
        source: TopicPart,
        *,
        live_consumer: str,
        asked: Asked,
        dead_limit: int,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._session = session
        self._fresh = fresh
        self._source = source
        self._live_consumer = live_consumer
        self._stop = stop
        self._asked = asked
        accepts = asked.selection.accepts
        consumer = Consumer(name=NAME, sink=fresh, accepts=accepts, dead_limit=dead_limit)
        self._processor = Processor(consumer, source, limit=_BATCH, wait_s=_WAIT_S)

    def catch_up(self) -> bool:
        """Read what the live history has read up to now; False when it was stopped before.

        Raises ReplayRecreated when the topic is another one now.
        """
        self._source.aim(self._targets())
        try:
            self._processor.drain(self._stop)
        except TopicRecreated as error:
            raise ReplayRecreated(self._source.topic, "found while reading it") from error
        return not self._stop.is_set()

    def hurry(self) -> None:
        """Keep no pace any more: others are about to wait for us."""
        self._source.pace = Pace(None)

    def finish(self, within_s: float) -> None:
        """Read the last bit, in the caller's transaction; raises a retryable error if it is late.

        Nothing is waited out: writers wait for the caller.
        """
        ends = self._targets()
        self._source.aim(ends)
        deadline = self._clock() + within_s
        while any(place.next < ends[place.partition] for place in self._fresh.places()):
            if self._clock() > deadline:
                raise SourceUnavailable(self._source.topic, f"nothing within {within_s} s")
            self._processor.run_once()

    def left(self) -> int:
        """How many records are left to read now."""
        ends = self._targets()
        return sum(ends[place.partition] - place.next for place in self._fresh.places())

    def _targets(self) -> dict[int, int]:
        """By partition, with those that the topic was given since."""
        with self._session.working() as connection:
            live = live_positions(connection, self._live_consumer, self._source)
        ends = {} if live else {p: high for p, (_, high) in self._source.bounds().items()}
        places = self._fresh.places()
        known = {place.partition for place in places}
        if not known.issuperset(live):
            self._fresh.add(planned(self._source, self._asked, known))
            places = self._fresh.places()
        return targets(places, live, ends)
