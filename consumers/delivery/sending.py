"""One attempt to deliver: claim, hand over, note. Nothing is remembered anywhere else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from random import random
from typing import Any, Final
from uuid import UUID

import psycopg

from ..notify import Templates
from .channels import Channel, Parcel
from .metrics import DeliveryMetrics
from .outcomes import Accepted, Outcome, Permanent, Temporary, Uncertain
from .store import Claim, claim, settle

logger = logging.getLogger("backstory.delivery")

RESEND: Final = "resend"
ASK: Final = "ask"

_FIRST_PAUSE_S: Final = 2.0
_LONGEST_PAUSE_S: Final = 900.0
_NOTE_AGAIN_S: Final = 0.5

Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]


class Sender:
    """Makes attempts through the channels it has.

    ``policies`` says, by channel, what becomes of a message nobody knows the fate of: ``resend``
    or ``ask`` (a person, with ``backstory deliveries``).
    """

    def __init__(
        self,
        connect: Connect,
        channels: Mapping[str, Channel],
        templates: Templates,
        *,
        worker: str,
        policies: Mapping[str, str],
        claim_s: float = 60.0,
        metrics: DeliveryMetrics | None = None,
        jitter: Callable[[], float] = random,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.channels = channels
        self._connect = connect
        self._templates = templates
        self._worker = worker
        self._policies = policies
        self._limit = timedelta(seconds=claim_s)
        self._metrics = metrics or DeliveryMetrics.unregistered()
        self._jitter = jitter
        self._clock = clock
        self._sleep = sleep

    def send(self, delivery: UUID, channel: str) -> bool:
        """Make the attempt that is due; whether there was one.

        Asked twice for the same delivery, by two workers or after a kill, one attempt is made.
        Raises psycopg.Error when the database does not answer: before the attempt nothing has
        happened; after it, it is asked again as long as the claim holds, and then the delivery is
        uncertain.
        """
        provider = self.channels.get(channel)
        if provider is None:
            return False
        with self._connect() as connection:
            claimed = claim(
                connection, delivery, worker=self._worker, gap=provider.gap, limit=self._limit
            )
        if claimed is None:
            return False
        claim_ends = self._clock() + self._limit.total_seconds()
        outcome = provider.send(self._parcel(claimed))
        self._count(claimed, outcome)
        while True:
            try:
                with self._connect() as connection:
                    self._note(connection, claimed, outcome)
                return True
            except psycopg.OperationalError as error:
                if self._clock() > claim_ends:
                    raise
                logger.warning("delivery %s is not noted yet: %s", delivery, error)
                self._sleep(_NOTE_AGAIN_S)

    def _parcel(self, claimed: Claim) -> Parcel:
        """The message itself or, when others go with it, a digest of all."""
        if not claimed.companions:
            return claimed.parcel
        titles = [claimed.parcel.title, *claimed.titles]
        more = claimed.companions + 1 - len(titles)
        content = self._templates.render("digest", {"titles": titles, "more": more})
        return Parcel(
            id=claimed.parcel.id,
            target=claimed.parcel.target,
            title=f"{claimed.parcel.title} and {claimed.companions} more",
            content=content,
            event_time=claimed.parcel.event_time,
        )

    def _count(self, claimed: Claim, outcome: Outcome) -> None:
        kind = _kind(outcome)
        self._metrics.attempt(claimed.channel, kind, claimed.companions + 1)
        logger.info(
            "delivery %s: %s",
            claimed.parcel.id,
            kind,
            extra={"channel": claimed.channel, "rule": claimed.rule, "attempt": claimed.number},
        )

    def _note(self, connection: psycopg.Connection[Any], claimed: Claim, outcome: Outcome) -> None:
        kind = _kind(outcome)
        pause = timedelta(seconds=self._pause_s(claimed.failures))
        match outcome:
            case Accepted(provider_id):
                settle(connection, claimed, state="sent", outcome=kind, provider_id=provider_id)
            case Temporary(reason, retry_after_s):
                if retry_after_s is not None:
                    pause = timedelta(seconds=retry_after_s)
                settle(
                    connection,
                    claimed,
                    state="waiting",
                    outcome=kind,
                    detail=reason,
                    pause=pause,
                    hold=pause,
                )
            case Permanent(reason):
                settle(connection, claimed, state="refused", outcome=kind, detail=reason)
            case Uncertain(reason):
                again = self._policies.get(claimed.channel, RESEND) == RESEND
                settle(
                    connection,
                    claimed,
                    state="waiting" if again else "uncertain",
                    outcome=kind,
                    detail=reason,
                    pause=pause,
                    hold=pause,
                )

    def _pause_s(self, failures: int) -> float:
        """Twice as long each time, between half of it and all: many do not come back at once."""
        longest: float = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(failures, 20))
        return longest * (0.5 + self._jitter() / 2)


def _kind(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()
