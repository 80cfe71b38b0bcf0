"""How far the events have come: outbox, topic, history, people; and how late."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import psycopg

from ..installation import Installation
from ..kafka import admin, end_offsets
from .statements import statement

_RECENT_S = 10
NOTIFIERS = ("slack", "email")


@dataclass(frozen=True)
class Reading:
    """The meters at one moment.

    Attributes:
        waiting: rows of the outbox that are not published yet.
        relayed: events in the topic since the run began.
        persisted: events in the history since the run began.
        unread: events that the notifiers have not read yet, both together.
        unsent: deliveries that are due or under way.
        p50_ms, p99_ms: from the write to the row, of the last seconds; None without events.
    """

    waiting: int
    relayed: int
    persisted: int
    unread: int
    unsent: int
    p50_ms: float | None
    p99_ms: float | None

    @property
    def drained(self) -> bool:
        """Whether everything that was written has arrived, with people too."""
        arrived = self.waiting == 0 and self.persisted >= self.relayed
        return arrived and self.unread == 0 and self.unsent == 0


class Meters:
    """Reads the meters over connections of its own."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Connect; everything counts until ``begin``."""
        self._app = psycopg.connect(env["BACKSTORY_APP_URL"], autocommit=True)
        self._history = psycopg.connect(env["BACKSTORY_HISTORY_URL"], autocommit=True)
        self._admin = admin(env["BACKSTORY_KAFKA"])
        self._names = Installation.from_env(env)
        self.began_at = time.time()
        self.ends: Mapping[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._app.close()
        self._history.close()

    def begin(self) -> None:
        """Count from here on."""
        self.began_at = time.time()
        self.ends = end_offsets(self._admin, self._names.topic)

    def read(self) -> Reading:
        """Read them all, from the outbox on, so that what leaves one place is not overlooked."""
        ((waiting,),) = self._app.execute(statement("pending")).fetchall()
        ends = end_offsets(self._admin, self._names.topic)
        positions = self._positions()
        kept = positions[self._names.consumer]
        told = [positions[name].get(part, 0) for name in NOTIFIERS for part in ends]
        ((unsent,),) = self._history.execute(statement("unsent")).fetchall()
        _, p50, p99 = self._latency(max(self.began_at, time.time() - _RECENT_S))
        return Reading(
            waiting=waiting,
            relayed=sum(end - self.ends.get(part, 0) for part, end in ends.items()),
            persisted=sum(kept.get(part, 0) - self.ends.get(part, 0) for part in ends),
            unread=max(0, len(NOTIFIERS) * sum(ends.values()) - sum(told)),
            unsent=unsent,
            p50_ms=p50,
            p99_ms=p99,
        )

    def whole_run(self) -> tuple[int, float | None, float | None]:
        """Number of events since the run began, and the latencies of all of them."""
        return self._latency(self.began_at)

    def first_company(self) -> int:
        """Key of the company that commands and psql are busy with."""
        return int(self._app.execute(statement("first_company")).fetchall()[0][0])

    def mentions(self, text: str) -> int:
        """How many events hold a text."""
        rows = self._history.execute(statement("mentions"), {"text": text}).fetchall()
        return int(rows[0][0])

    def _positions(self) -> dict[str, dict[int, int]]:
        """By consumer, and by partition."""
        positions: dict[str, dict[int, int]] = {
            self._names.consumer: {},
            **{n: {} for n in NOTIFIERS},
        }
        asked = {"consumers": list(positions), "topic": self._names.topic}
        for consumer, partition, offset in self._history.execute(statement("positions"), asked):
            positions[consumer][partition] = offset
        return positions

    def _latency(self, since: float) -> tuple[int, float | None, float | None]:
        rows: list[Any] = self._history.execute(
            statement("latency"), {"since": first_id(since)}
        ).fetchall()
        count, p50, p99 = rows[0]
        return count, *(None if late is None else round(float(late), 1) for late in (p50, p99))


def first_id(moment: float) -> UUID:
    """The smallest event id of a moment (seconds since 1970): ids begin with 48 bits of time."""
    return UUID(int=int(moment * 1000) << 80)
