"""Ends a process that is stuck, and tells systemd that it lives for as long as it is not."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Event as Flag
from threading import Thread
from typing import Final

from consumers import Health

from .health import serve_health
from .process_settings import ProcessSettings

_log: Final = logging.getLogger("backstory.health")


_LOOKS: Final = 4  # within the time after which a loop counts as stuck


@contextmanager
def watched(
    process: ProcessSettings,
    healths: Sequence[Health],
    *,
    leave: Callable[[int], None] = os._exit,
) -> Iterator[None]:
    """Answer over HTTP, feed systemd's watchdog if there is one, leave once a part is stuck.

    A call that never ends (a connection that is open on our side only) leaves nothing else to do;
    whoever supervises the process starts it again, and a kill at any moment loses nothing. Raises
    PortTaken.
    """
    with ExitStack() as stack:
        stack.enter_context(serve_health(process.ports, healths))
        if process.notify_socket and process.watchdog_s:
            feeding = (process.notify_socket, process.watchdog_s / 2, healths)
            stack.enter_context(_beside(_feed, *feeding))
        stack.enter_context(_beside(_guard, process.stuck_after_s / _LOOKS, healths, leave))
        yield


@contextmanager
def _beside(work: Callable[..., None], *args: object) -> Iterator[None]:
    """Do something in a thread, which is given an event that ends it."""
    stop = Flag()
    thread = Thread(target=work, args=(*args, stop), name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _feed(address: str, every_s: float, healths: Sequence[Health], stop: Flag) -> None:
    """Send what sd_notify(3) sends, unless a part is stuck; systemd then starts us again."""
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        while True:
            stuck = _stuck(healths)
            try:
                if not stuck:
                    line.sendto(b"WATCHDOG=1", address)
            except OSError as error:
                _log.warning("systemd does not listen: %s", error)
            for reason in stuck:
                _log.error("letting systemd start us again: %s", reason)
            if stop.wait(every_s):
                return


def _guard(
    every_s: float, healths: Sequence[Health], leave: Callable[[int], None], stop: Flag
) -> None:
    """Leave when a part is stuck at two looks: one that was frozen has to get a chance to turn."""
    before: list[str] = []
    while not stop.wait(every_s):
        now = _stuck(healths)
        if before and now:
            _log.error("ending to be started again: %s", now[0])
            return leave(1)
        before = now
    return None


def _stuck(healths: Sequence[Health]) -> list[str]:
    return [f"{one.name}: {live.reason}" for one in healths if not (live := one.live()).ok]
