"""The relay: leads or stands by, and survives whatever happens to its servers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event as Flag
from typing import Final

from .errors import LeadershipLost, OutboxUnavailable
from .health import Health, Unwatched
from .metrics import RelayMetrics
from .outbox import Outbox
from .publisher import Publisher
from .rows import Start
from .turn import Stopped, Turn

_log: Final = logging.getLogger("backstory.relay")

_SHORTEST_WAIT_S: Final = 0.001
_LONGEST_WAIT_S: Final = 0.1
_STANDBY_S: Final = 0.3
_RECONNECT_S: Final = 0.5


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Relay:
    """Brings what is in the outbox to the topic.

    Args:
        stop: set it (from a signal handler, say) to end ``run`` and ``drain``.
        grace_s: how long a batch under way may take to settle after that.
        health: is told how it goes.
    """

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        *,
        stop: Flag | None = None,
        grace_s: float = 5.0,
        now: Callable[[], datetime] = _utc_now,
        metrics: RelayMetrics | None = None,
        health: Health | None = None,
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._stop = stop or Flag()
        self._grace_s = grace_s
        self._now = now
        self._metrics = metrics or RelayMetrics()
        self._health = health or Unwatched()
        self._state = ("", "")

    def run(self) -> None:
        """Relay until stopped: lead, or stand by while another relay does.

        Waits for servers that are away and goes on by itself when they are back.

        Raises:
            SourceMismatch: the database is not the one its source was bound to.
        """
        self._until_stopped(self._publish_for_ever)

    def drain(self) -> None:
        """Publish what is committed now, close the ledger window, and return.

        Waits for another relay to give up the lead.

        Raises:
            SourceMismatch: as in ``run``.
            OutboxUnavailable: the database cannot be reached.
        """
        self._until_stopped(self._publish_all, once=True)

    def _until_stopped(self, work: Callable[[Turn], None], *, once: bool = False) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self._health.begins("asking for the lead")
                    start = self._outbox.lead()
                    if start is None:
                        self._tell("another relay leads; standing by")
                        self._stop.wait(_STANDBY_S)
                        continue
                    self._lead(start, work)
                    if once:
                        return
                except LeadershipLost as error:
                    self._tell("stepped down", error)
                except OutboxUnavailable as error:
                    if once:
                        raise
                    self._tell("waiting for the database", error)
                    self._stop.wait(_RECONNECT_S)
        finally:
            self._publisher.close()
            self._outbox.close()

    def _tell(self, what: str, error: Exception | None = None) -> None:
        """Log a state when it is entered, not each time it is found unchanged.

        A standby is well: it would lead.
        """
        if error:
            self._health.waits(f"{what}: {error}")
        else:
            self._health.advanced()
        state = (what, str(error or ""))
        if state != self._state:
            _log.log(logging.WARNING if error else logging.INFO, what, extra={"error": state[1]})
            self._state = state

    def _lead(self, start: Start, work: Callable[[Turn], None]) -> None:
        _log.info("leading", extra={"snapshot": start.place.snapshot})
        self._state = ("leading", "")
        self._metrics.leader.set(1)
        turn = Turn(
            self._outbox,
            self._publisher,
            start,
            stop=self._stop,
            grace_s=self._grace_s,
            now=self._now,
            metrics=self._metrics,
            health=self._health,
        )
        try:
            work(turn)
            turn.finish()
        except Stopped:
            _log.info("stopped before the broker answered; the batch will be sent again")
        finally:
            self._metrics.leader.set(0)
            self._publisher.drop()

    def _publish_for_ever(self, turn: Turn) -> None:
        wait_s = _SHORTEST_WAIT_S
        while not self._stop.is_set():
            if turn.step():
                wait_s = _SHORTEST_WAIT_S
            else:
                self._stop.wait(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _publish_all(self, turn: Turn) -> None:
        while not self._stop.is_set() and turn.step():
            pass
        if not self._stop.is_set():
            turn.close_window()
