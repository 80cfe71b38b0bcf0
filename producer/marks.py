"""Where in the outbox a window can begin at all, so that reading it needs no index on xid.

A row's number is drawn after its transaction got its xid (the order of the columns' defaults). So
if the last number was ``seq`` some time before transaction ``xid`` began, all transactions after
that one wrote numbers above ``seq``.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

_KEPT: Final = 4096


class Marks:
    """Pairs of a transaction and a number below all that transactions after it can have written.

    It is a saving only: with no mark, reading begins at the oldest row that is left.
    """

    def __init__(self) -> None:
        self._xids: list[int] = []
        self._seqs: list[int] = []

    def note(self, xid: int, seq: int) -> None:
        """Remember that ``seq`` was the last number given out before ``xid`` began."""
        if len(self._xids) >= _KEPT:
            older = slice(1, _KEPT // 2, 2)
            del self._xids[older], self._seqs[older]
        self._xids.append(xid)
        self._seqs.append(seq)

    def below(self, snapshot: str, window: str) -> int:
        """Return a number below all that ``window`` sees and ``snapshot`` does not."""
        _, first_unseen, running = _parsed(snapshot)
        _, _, still_running = _parsed(window)
        oldest = min([first_unseen, *(running - still_running)])
        place = bisect_left(self._xids, oldest)
        return self._seqs[place - 1] if place else 0


def _parsed(snapshot: str) -> tuple[int, int, frozenset[int]]:
    """Take ``xmin:xmax:xip,xip`` apart."""
    xmin, xmax, running = snapshot.split(":")
    return int(xmin), int(xmax), frozenset(int(xid) for xid in running.split(",") if xid)
