"""A process of the pipeline: started, killed, frozen, started again under the same name."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class Process:
    """``python -m WORDS`` with a log of its own."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Nothing is started."""
        self._words = words
        self._env = {**os.environ, **env}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the process started last."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._words], env=self._env, stdout=log, stderr=log
            )

    def send(self, sign: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(sign)

    def kill(self) -> None:
        """End it with SIGKILL, also when it is frozen."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ask it to end; it has to do so by itself, and without an error."""
        assert self.end() == 0, self.said()

    def end(self) -> int:
        """Ask it to end, and return its exit code; one that has hardly begun has no good one."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(15)

    def ended(self) -> bool:
        """Whether it has ended, by itself or not."""
        return self._process is not None and self._process.poll() is not None

    def restart(self) -> None:
        """Kill it and start it again, as a supervisor would."""
        self.kill()
        self.start()

    def lines(self, beginning: str) -> list[str]:
        """The lines of its log that begin so."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return [line for line in text.splitlines() if line.startswith(beginning)]

    def said(self) -> str:
        """The end of its log."""
        if not self._log.exists():
            return f"{self._log.stem} was never started"
        return f"{self._log.stem} said:\n{self._log.read_text(errors='replace')[-3000:]}"
