"""Tells systemd that the process lives, for as long as ``/live`` would say so."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Event as Flag
from threading import Thread
from typing import Final

from consumers import Health

from .health import serve_health
from .process_settings import ProcessSettings

_log: Final = logging.getLogger("backstory.health")


@contextmanager
def watched(process: ProcessSettings, healths: Sequence[Health]) -> Iterator[None]:
    """Answer over HTTP, and feed systemd's watchdog if there is one; raises PortTaken."""
    with ExitStack() as stack:
        stack.enter_context(serve_health(process.ports, healths))
        if process.notify_socket and process.watchdog_s:
            stack.enter_context(_fed(process.notify_socket, process.watchdog_s, healths))
        yield


@contextmanager
def _fed(address: str, watchdog_s: float, healths: Sequence[Health]) -> Iterator[None]:
    stop = Flag()
    args = (address, watchdog_s / 2, healths, stop)
    thread = Thread(target=_feed, args=args, name="watchdog", daemon=True)
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
            stuck = [f"{one.name}: {live.reason}" for one in healths if not (live := one.live()).ok]
            try:
                if not stuck:
                    line.sendto(b"WATCHDOG=1", address)
            except OSError as error:
                _log.warning("systemd does not listen: %s", error)
            for reason in stuck:
                _log.error("letting systemd start us again: %s", reason)
            if stop.wait(every_s):
                return
