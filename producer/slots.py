"""Two slots for outbox rows: while one takes new rows, the other is drained and emptied."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from psycopg import errors, sql

from .session import Connection
from .statements import statement


class Slots:
    """Changes slots when the current one is large or old, and empties the other.

    A row may still be on its way to a slot long after the change (its default had drawn the slot
    before), so a slot is emptied only when it is seen, under a lock that keeps writers out, to hold
    no row that is not published.
    """

    def __init__(
        self, slot_bytes: int, slot_age_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._slot_bytes = slot_bytes
        self._slot_age_s = slot_age_s
        self._clock = clock
        self._changed_at = clock()

    def maintain(self, connection: Connection) -> None:
        """Do what is due; never waits for a lock."""
        found = connection.execute(statement("slots")).fetchone()
        assert found is not None
        current, *sizes = found
        other = 1 - current
        if sizes[2 + other] > 0 and not self._emptied(connection, other):
            return
        if sizes[2 + current] == 0:
            self._changed_at = self._clock()
        elif self._is_due(sizes[current]):
            connection.execute(statement("flip_slot"), [other])
            self._changed_at = self._clock()

    def _is_due(self, size: int) -> bool:
        return size > self._slot_bytes or self._clock() - self._changed_at > self._slot_age_s

    def _emptied(self, connection: Connection, slot: int) -> bool:
        """Empty a slot; return False when it cannot be done now."""
        table = sql.Identifier(f"backstory_outbox_{slot}")
        drained = connection.execute(sql.SQL(statement("slot_is_drained")).format(slot=table))
        if drained.fetchone() != (True,):
            return False
        try:
            connection.execute(sql.SQL(statement("empty_slot")).format(slot=table))
        except errors.LockNotAvailable:
            return False
        left = connection.execute(
            sql.SQL(statement("slot_size")), [f"backstory_outbox_{slot}"]
        ).fetchone()
        return left == (0,)
