"""What can be killed, frozen and started again: a process of the pipeline, or a server."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from infra.embedded.server import Server
from tests.ledger.processes import Process

_SUPERVISED_EVERY_S = 2.0


class Part(Protocol):
    """One of the pipeline's processes or servers."""

    def kill(self) -> None:
        """End it at once (SIGKILL)."""

    def start(self) -> None:
        """Start it (again); its data and its name are the old ones."""

    def freeze(self) -> None:
        """Stop it, and all processes it has started, where they are (SIGSTOP)."""

    def thaw(self) -> None:
        """Let it go on."""


class ProcessPart:
    """A relay or a persister. One that ends by itself is started again, as by any supervisor."""

    def __init__(self, process: Process, *, wanted: bool = True) -> None:
        """``wanted``: it was started already."""
        self.restarts = 0
        self._process = process
        self._wanted = wanted
        self._lock = Lock()

    def kill(self) -> None:
        with self._lock:
            self._wanted = False
            self._process.kill()

    def start(self) -> None:
        with self._lock:
            self._wanted = True
            self._process.start()

    def freeze(self) -> None:
        self._process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send(signal.SIGCONT)

    def tend(self) -> None:
        """Start it again if it has ended by itself."""
        with self._lock:
            if self._wanted and self._process.ended():
                self._process.start()
                self.restarts += 1


@contextmanager
def supervised(parts: Sequence[ProcessPart]) -> Iterator[None]:
    """Look after them all, every few seconds, while inside."""
    stop = Event()

    def look() -> None:
        while not stop.wait(_SUPERVISED_EVERY_S):
            for part in parts:
                part.tend()

    thread = Thread(target=look, name="supervisor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class ServerPart:
    """A broker or a database; the sessions of a PostgreSQL are processes of their own."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def kill(self) -> None:
        self._server.kill()

    def start(self) -> None:
        self._server.start()

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, sign: signal.Signals) -> None:
        """The oldest first: once it is stopped, it makes no further ones."""
        pid = self._server.process.pid
        assert pid is not None, f"{self._server.name} does not run"
        os.kill(pid, sign)
        for child in _children(pid):
            with suppress(ProcessLookupError):
                os.kill(child, sign)


def _children(pid: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = path.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == pid:
                yield int(path.parent.name)
