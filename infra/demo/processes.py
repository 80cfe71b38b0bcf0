"""The demo's own processes: the site, the relay, the persister; killed and started again."""

import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..embedded.account import own_account
from ..embedded.process import ServerProcess
from ..errors import ServerFailed

_LAST_BYTES = 2000
_PATIENCE_S = 12.0  # ours end within 10 s


class Child:
    """A process that the demo starts, watches, kills and starts again.

    It has a session of its own, so that Ctrl-C reaches only the demo, which then ends it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        folder: Path,
        cwd: Path,
        env: Mapping[str, str],
    ) -> None:
        """Nothing is started. Output goes to ``folder/NAME/server.log``."""
        self.name = name
        self.starts = 0
        self.killed = 0
        self._command = command
        self._cwd = cwd
        self._env = env
        self._begins_at = 0
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        self._process = ServerProcess(place, name)

    @property
    def state(self) -> str:
        """For people: running, killed, or stopped, and how often it was started again."""
        again = f", restarts: {self.starts - 1}" if self.starts > 1 else ""
        return ("running" if self.running() else "down") + again

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self._process.log

    def running(self) -> bool:
        """Whether it is alive."""
        return self._process.running()

    def start(self) -> None:
        """Start it."""
        self._begins_at = self._process.launch(
            self._command, cwd=self._cwd, account=own_account(), env=self._env
        )
        self.starts += 1

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._process.stop(signal.SIGKILL, timeout_s=10)
        self.killed += 1

    def stop(self) -> None:
        """Ask it to end, and kill it when it does not."""
        self._process.stop(signal.SIGTERM, timeout_s=_PATIENCE_S)

    def check(self) -> None:
        """Raise ServerFailed with the end of its log unless it runs."""
        if not self.running():
            tail = self._process.output(self._begins_at)[-_LAST_BYTES:]
            raise ServerFailed(self.name, "ended by itself", log=self.log, tail=tail)


def end_left_behind(folder: Path, names: Sequence[str]) -> None:
    """End the processes of an earlier demo that was killed; they would be in the way."""
    for name in names:
        if (folder / name).is_dir():
            ServerProcess(folder / name, name).stop(signal.SIGTERM, timeout_s=_PATIENCE_S)
