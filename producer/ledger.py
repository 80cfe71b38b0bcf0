"""The ledger of what was acknowledged, in windows of about a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import UNSET, UnsetType

from .rows import Ledger, LedgerLine, Start

WINDOW: Final = timedelta(seconds=1)
_IDS: Final = (1 << 128) - 1


def digest_text(digest: int) -> str:
    """Return a digest as it is stored and told: 96 hexadecimal digits, or 32 of ids only."""
    return f"{digest:032x}" if digest <= _IDS else f"{digest:096x}"


class LedgerBook:
    """Adds acknowledged events up, closes windows, and knows which of them nobody was told of.

    Each event carries the number of its window, so that is settled before a batch is made
    (``number_for``), and a window closes between two batches. The first batch of a leader may have
    been published by the one before: it keeps the number of the window that was left open.

    A window has the same content whatever happens while it is closed: its line is stored together
    with the place (``closing``, then ``stored``), and only then is its event published; that it was
    (``announced``) is stored with the next place.
    """

    def __init__(self, start: Start) -> None:
        self._open = start.ledger
        self._untold = list(start.unannounced)
        self._told: tuple[int, ...] = ()
        self._is_first = True

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to close, to tell or to store."""
        return not (self._open.events or self._untold or self._told)

    def is_due(self, now: datetime) -> bool:
        """Whether there is something that a store would settle."""
        return bool(self._told) or self._closes(now)

    def number_for(self, now: datetime) -> int:
        """Return the number of the window that the batch after the one under way belongs to."""
        return self._open.number + (self._closes(now) and not self._is_first)

    def add(self, events: int, digest: int, now: datetime) -> None:
        """Count a batch that was acknowledged."""
        self._is_first = False
        if events:
            begun_with_ids = self._open.events and self._open.digest <= _IDS
            self._open = replace(
                self._open,
                events=self._open.events + events,
                digest=self._open.digest ^ (digest & _IDS if begun_with_ids else digest),
                opened_at=self._open.opened_at or now,
            )

    def closing(
        self, now: datetime, window: int | UnsetType = UNSET, *, early: bool = False
    ) -> tuple[Ledger, tuple[LedgerLine, ...], tuple[int, ...]]:
        """Return what to store: the open window, the lines closed by it, the numbers told of.

        ``window`` is that of the batch to be published next; without one the time decides.
        """
        closes = self._closes(now) if window is UNSET else window != self._open.number
        opened_at = self._open.opened_at
        if opened_at is None or not (early or closes):
            return self._open, (), self._told
        line = LedgerLine(
            number=self._open.number,
            events=self._open.events,
            digest=digest_text(self._open.digest),
            opened_at=opened_at,
            closed_at=now,
        )
        return Ledger(number=line.number + 1), (line,), self._told

    def stored(self, ledger: Ledger, closed: tuple[LedgerLine, ...]) -> None:
        """Take over what ``closing`` returned, now that it is durable."""
        self._open = ledger
        self._untold.extend(closed)
        self._told = ()

    def untold(self) -> list[LedgerLine]:
        """Return the closed windows to tell of."""
        return list(self._untold)

    def announced(self, lines: list[LedgerLine]) -> None:
        """Note that the events of these windows were acknowledged."""
        self._untold = [line for line in self._untold if line not in lines]
        self._told += tuple(line.number for line in lines)

    def _closes(self, now: datetime) -> bool:
        opened_at = self._open.opened_at
        return opened_at is not None and now - opened_at >= WINDOW
