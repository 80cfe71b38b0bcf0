"""One server process and the files that make it findable by the next command.

The process itself holds a lock on a file for as long as it or a child of it lives. So whether it
runs is known for certain: a process id in a file may be stale, or somebody else's by now.
"""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import NotStoppable
from ..waiting import wait_until
from .account import Account

_LOG_KEPT_BYTES = 10 * 2**20


class ServerProcess:
    """A process in a folder of its own and a session of its own (Ctrl-C does not reach it)."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.log = folder / "server.log"
        self.lock = folder / "lock"
        self._pid = folder / "pid"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process started last; meaningful only while it runs."""
        try:
            return int(self._pid.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def running(self) -> bool:
        """Whether the process, or a child it left behind, is alive."""
        if self._child is not None:
            self._child.poll()
        if not self.lock.exists():
            return False
        with self._locked(fcntl.LOCK_SH) as got:
            return not got

    def launch(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        account: Account,
        env: Mapping[str, str] | None = None,
    ) -> int:
        """Start the command and return where its output begins in the log, in bytes.

        ``env`` replaces the variables that are inherited otherwise.

        Waits up to 10 s for children of a killed predecessor. Raises NotStoppable if one stays.
        """
        self._pid.unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT_BYTES:
            self.log.unlink()
        descriptor = self._lock_for_child()
        try:
            with self.log.open("ab") as log:
                begins_at = log.tell()
                self._child = subprocess.Popen(
                    [*account.prefix, *map(str, command)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=cwd,
                    env=env,
                    start_new_session=True,
                    pass_fds=(descriptor,),
                    **account.popen,
                )
        finally:
            os.close(descriptor)
        self._pid.write_text(str(self._child.pid))
        return begins_at

    def stop(self, sign: signal.Signals, *, timeout_s: float) -> None:
        """End the process with ``sign``, after ``timeout_s`` with SIGKILL; fine if it is gone."""
        for attempt, patience_s in ((sign, timeout_s), (signal.SIGKILL, 10.0)):
            if not self.running():
                break
            self.send(attempt)
            if wait_until(lambda: not self.running(), timeout_s=patience_s):
                break
        else:
            raise NotStoppable(self.name, self.lock)
        self._pid.unlink(missing_ok=True)

    def send(self, sign: signal.Signals) -> None:
        """Send a signal to the running process."""
        pid = self.pid
        if pid is None:
            raise NotStoppable(self.name, self.lock)
        with suppress(ProcessLookupError):
            os.kill(pid, sign)

    def output(self, begins_at: int) -> str:
        """What the process has written since it was started."""
        with self.log.open("rb") as log:
            log.seek(begins_at)
            return log.read().decode(errors="replace")

    def _lock_for_child(self) -> int:
        """The lock, taken, as a descriptor to hand on; whoever inherits it holds the lock."""
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        if not wait_until(lambda: _take(descriptor, fcntl.LOCK_EX), timeout_s=10):
            os.close(descriptor)
            raise NotStoppable(self.name, self.lock)
        return descriptor

    @contextmanager
    def _locked(self, kind: int) -> Iterator[bool]:
        descriptor = os.open(self.lock, os.O_RDWR)
        try:
            yield _take(descriptor, kind)
        finally:
            os.close(descriptor)


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
