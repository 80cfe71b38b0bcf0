"""Ending a long-running command: SIGTERM and SIGINT ask, and are heard."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Timer
from types import FrameType

_log = logging.getLogger("backstory.signals")
_SIGNS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_event(
    *, grace_s: float = 10.0, leave: Callable[[int], None] = os._exit
) -> Iterator[Event]:
    """An event that SIGTERM or SIGINT sets; the loop inside ends or drops its batch.

    If it has not ended ``grace_s`` later, or at a second signal, the process leaves at once with
    exit code 1: a batch may be cut anywhere, so that costs repetition, never an event. Call it in
    the main thread.
    """
    asked = Event()
    last_resort = Timer(grace_s - 0.5, _leave, (leave, f"not finished {grace_s:.0f} s after it"))
    last_resort.daemon = True

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            _leave(leave, "asked twice")
        else:
            asked.set()
            last_resort.start()

    before = {sign: signal.signal(sign, ask) for sign in _SIGNS}
    try:
        yield asked
    finally:
        last_resort.cancel()
        for sign, former in before.items():
            signal.signal(sign, former)


def _leave(leave: Callable[[int], None], why: str) -> None:
    _log.warning("leaving without finishing the batch", extra={"why": why})
    leave(1)
