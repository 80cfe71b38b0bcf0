"""What every embedded server has in common: a folder, ports, a sure start, a clean end."""

import signal
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from ..errors import DiskFull, InfraError, PortTaken, ServerFailed
from ..waiting import wait_until
from .account import Account
from .disk import require_room, says_disk_full
from .ports import free_port, is_free
from .process import ServerProcess
from .state import State

_ATTEMPTS = 4


class Server(ABC):
    """A real server in a folder of its own. Its data outlives it, also when it is killed.

    A port is asked of the system and remembered. If somebody else has the remembered port, another
    one is taken; if the caller named the port, PortTaken is raised.
    """

    name: ClassVar[str]
    port_names: ClassVar[tuple[str, ...]] = ("client",)
    needed_bytes: ClassVar[int]
    stop_sign: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder.absolute()
        self.state = State(self.folder / "state.json")
        self.process = ServerProcess(self.folder, self.name)
        self._asked_port = port

    @property
    def port(self) -> int:
        """The port clients connect to; known after the first start."""
        return int(self.state.read()["ports"]["client"])

    def running(self) -> bool:
        """Whether the server's process is alive."""
        return self.process.running()

    def launch(self) -> None:
        """Start the process if it does not run; the data folder is made on the first call."""
        if self.running():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        require_room(self.folder, self.needed_bytes)
        ports = self._choose_ports()
        command = self.prepare(ports)
        begins_at = self.process.launch(command, cwd=self.working_folder(), account=self.account())
        self.state.update(ports=ports, log_begins_at=begins_at)

    def start(self, *, timeout_s: float = 60) -> None:
        """Launch the process and wait until it takes connections.

        Raises PortTaken, DiskFull, or ServerFailed with the end of the log; then nothing runs.
        """
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self.launch()
                return self.wait(timeout_s=timeout_s)
            except PortTaken:
                if self._asked_port is not None or not attempts_left:
                    raise
        return None

    def wait(self, *, timeout_s: float = 60) -> None:
        """Wait until the launched process takes connections; raises what ``start`` raises."""
        finished = wait_until(lambda: not self.running() or self.ready(), timeout_s=timeout_s)
        if self.running() and finished:
            return
        error = self._failure(f"did not get ready in {timeout_s:.0f} s")
        self.kill()
        raise error

    def stop(self, *, timeout_s: float = 20) -> None:
        """End the server cleanly; kill it if that takes longer. Its data stays."""
        self.process.stop(self.stop_sign, timeout_s=timeout_s)

    def kill(self) -> None:
        """End the server at once (SIGKILL), and wait until it and its children are gone."""
        self.process.stop(signal.SIGKILL, timeout_s=10)

    @abstractmethod
    def ready(self) -> bool:
        """Whether the running process takes connections."""

    @abstractmethod
    def prepare(self, ports: dict[str, int]) -> Sequence[str | Path]:
        """Make the data folder and configuration where missing; return the server's command."""

    @abstractmethod
    def account(self) -> Account:
        """As whom the server runs."""

    def working_folder(self) -> Path:
        """The folder the server is started in."""
        return self.folder

    def output(self) -> str:
        """What the running process has written to its log."""
        return self.process.output(self.state.read().get("log_begins_at", 0))

    def _choose_ports(self) -> dict[str, int]:
        remembered = self.state.read().get("ports", {})
        ports = {}
        for name in self.port_names:
            port = remembered.get(name)
            ports[name] = port if port and is_free(port) else free_port()
        if self._asked_port is not None:
            if not is_free(self._asked_port):
                raise PortTaken(self.name, self._asked_port)
            ports["client"] = self._asked_port
        return ports

    def _failure(self, otherwise: str) -> InfraError:
        output = self.output()
        if says_disk_full(output):
            return DiskFull(self.folder, free_bytes=0, needed_bytes=self.needed_bytes)
        if "address already in use" in output.lower():
            return PortTaken(self.name, self.port)
        reason = otherwise if self.running() else "ended while it was being started"
        tail = "\n".join(output.splitlines()[-15:])
        return ServerFailed(self.name, reason, log=self.process.log, tail=tail)
