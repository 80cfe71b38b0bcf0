"""Whether the machines agree on the time."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg

from ..databases import one_row, statement
from .finding import Finding, error, warning

_NOTICED_S = 1.0
_WRONG_S = 30.0


def offset_s(connection: psycopg.Connection[Any], clock: Callable[[], float] = time.time) -> float:
    """How far the server's clock is ahead of ours, in seconds, give or take half a round trip."""
    before = clock()
    (there,) = one_row(connection, statement("clock"))
    return float(there) - (before + clock()) / 2


def check_clocks(offsets: Mapping[str, float]) -> Iterator[Finding]:
    """Compare clocks; ``offsets`` are seconds ahead of this machine's, by name of the machine."""
    for name, ahead_s in offsets.items():
        if abs(ahead_s) < _NOTICED_S:
            continue
        tell = error if abs(ahead_s) >= _WRONG_S else warning
        direction = "ahead of" if ahead_s > 0 else "behind"
        yield tell(
            "clock",
            f"the clock of the {name} is {abs(ahead_s):.1f} s {direction} this machine's: times, "
            "ages and ids of events are that far off",
            "let chrony or systemd-timesyncd keep the clocks of both machines",
        )
