"""Looks after deliveries: enqueues what is due, gives up what is too late, finds what was left."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from ..alerts import Watch, look
from ..health import Health
from ..notify import Target
from .sending import RESEND, Connect
from .store import due, expire, release_claims

logger = logging.getLogger("backstory.delivery")


class Sweeper:
    """Makes rounds. Several may: what one has taken up, the others leave.

    ``enqueue(delivery, channel)`` hands a delivery to the workers. If it is forgotten there, it is
    enqueued again after ``patience_s``. ``watches`` look for what no event tells, at
    once and each ``watch_every`` rounds, and ``alerts`` are told what they find.
    """

    def __init__(
        self,
        connect: Connect,
        enqueue: Callable[[UUID, str], None],
        *,
        policies: Mapping[str, str],
        alerts: Sequence[Target] = (),
        watches: Sequence[Watch] = (),
        health: Health | None = None,
        patience_s: float = 30.0,
        watch_every: int = 30,
    ) -> None:
        self._connect = connect
        self._enqueue = enqueue
        self._policies = policies
        self._alerts = alerts
        self._watches = watches
        self._health = health or Health("send")
        self._patience = timedelta(seconds=patience_s)
        self._watch_every = watch_every
        self._rounds = 0

    def run(self, stop: threading.Event, *, pause_s: float = 1.0) -> None:
        """Make rounds until told to stop; a round that fails is told, and the next one made."""
        while not stop.wait(pause_s):
            self._health.begins("looking for deliveries that are due")
            try:
                self.round()
            except Exception as error:  # a broker's errors are of many libraries
                self._health.waits(str(error))
                logger.warning("sweeping failed, again in %.0f s: %s", pause_s, error)
            else:
                self._health.advanced()

    def round(self) -> int:
        """Make one round; how many deliveries were enqueued."""
        with self._connect() as connection:
            expired = expire(connection)
            if expired:
                logger.warning("%d deliveries expired before they could be sent", expired)
            for channel, policy in self._policies.items():
                self._release(connection, channel, policy)
            enqueued = 0
            for channel in self._policies:
                for delivery in due(connection, [channel], patience=self._patience):
                    self._enqueue(delivery, channel)
                    enqueued += 1
            self._watch(connection)  # last: whatever fails there, deliveries go out
        return enqueued

    def _release(self, connection: psycopg.Connection[Any], channel: str, policy: str) -> None:
        state = "waiting" if policy == RESEND else "uncertain"
        for delivery in release_claims(connection, channel, state=state):
            logger.error(
                "delivery %s: its worker is gone, nobody knows whether it was sent; it is %s",
                delivery,
                "sent again" if state == "waiting" else "left to `backstory deliveries`",
                extra={"channel": channel},
            )

    def _watch(self, connection: psycopg.Connection[Any]) -> None:
        if self._alerts and self._rounds % self._watch_every == 0:
            look(connection, self._watches, self._alerts)
        self._rounds += 1
