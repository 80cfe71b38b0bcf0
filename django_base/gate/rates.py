"""How many events of one sender are told a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

TOLD_A_MINUTE: Final = 20
_MOST_SENDERS: Final = 10_000
_WINDOW_S: Final = 60


@dataclass
class _Sender:
    minute: int = -1
    told: int = 0
    left_out: int = 0
    untold: int = 0
    next_at: int = TOLD_A_MINUTE


class Rates:
    """Counts what each sender sends; of a process, safe between threads.

    Senders beyond 10,000 a minute share one bound, so that memory is bounded, too.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._senders: dict[str, _Sender] = {}
        self._lock = Lock()

    def take(self, sender: str) -> int | None:
        """Return how many were left out since the last one told; None to leave this out, too."""
        with self._lock:
            minute = int(self._clock_s() // _WINDOW_S)
            found = self._found(sender, minute)
            if found.minute != minute:
                found.minute, found.told, found.left_out, found.next_at = (
                    minute,
                    0,
                    0,
                    TOLD_A_MINUTE,
                )
            if found.told < TOLD_A_MINUTE:
                found.told += 1
            else:
                found.left_out += 1
                found.untold += 1
                if found.left_out < found.next_at:
                    return None
                found.next_at *= 2
                found.untold -= 1  # this one is told
            untold, found.untold = found.untold, 0
            return untold

    def _found(self, sender: str, minute: int) -> _Sender:
        if sender not in self._senders and len(self._senders) >= _MOST_SENDERS:
            self._senders = {
                name: each
                for name, each in self._senders.items()
                if each.minute == minute or each.untold
            }
            if len(self._senders) >= _MOST_SENDERS:
                sender = "others"
        return self._senders.setdefault(sender, _Sender())
