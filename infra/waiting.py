"""Waiting for something outside to come true, never longer than asked."""

import time
from collections.abc import Callable


def wait_until(
    true: Callable[[], bool],
    *,
    timeout_s: float,
    every_s: float = 0.02,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Ask until the answer is yes (True) or ``timeout_s`` is over (False). Asks at least once."""
    deadline = clock() + timeout_s
    while not true():
        if clock() >= deadline:
            return False
        sleep(every_s)
    return True
