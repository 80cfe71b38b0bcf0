"""The relay and the persister as the processes they are in production, watched from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import peak_rss_bytes, processor_s

COMMAND = Path(sys.executable).with_name("backstory")
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Drain:
    """How a process emptied a backlog.

    Attributes:
        events: how many it moved.
        seconds: from the last look before the first moved until the last one had.
        processor_s: processor time of the process, its start included.
        peak_rss_bytes: the most memory it had.
    """

    events: int
    seconds: float
    processor_s: float
    peak_rss_bytes: int

    @property
    def per_second(self) -> float:
        return self.events / self.seconds


def drain(
    words: Sequence[str],
    env: Mapping[str, str],
    moved: Callable[[], int],
    *,
    events: int | None = None,
) -> Drain:
    """Run ``backstory WORDS`` to its end while ``moved()`` tells how many have arrived.

    A command that never ends is ended when so many ``events`` have. Raises RuntimeError with the
    end of its log when it fails.
    """
    process = _start(words, env)
    began = changed = time.monotonic()
    first = before = moved()
    used, rss = 0.0, 0
    while process.poll() is None:
        used, rss = _look(process, used, rss)
        looked, now = time.monotonic(), moved()
        if now == first:
            began = looked
        elif now != before:
            changed, before = time.monotonic(), now
            if events is not None and now - first >= events:
                process.terminate()
        time.sleep(LOOK_EVERY_S)
    _require_success(process, " ".join(words), env)
    return Drain(
        events=moved() - first,
        seconds=changed - began,
        processor_s=used,
        peak_rss_bytes=rss,
    )


@contextmanager
def running(words: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``backstory WORDS`` until the block ends; SIGTERM ends it."""
    process = _start(words, env)
    try:
        yield process
        if process.poll() is not None:
            _require_success(process, " ".join(words), env)
    finally:
        process.terminate()
        process.wait(20)


def command_line(words: Sequence[str], env: Mapping[str, str]) -> None:
    """Run a short ``backstory`` command; raise RuntimeError with what it said when it fails."""
    process = _start(words, env)
    process.wait(120)
    _require_success(process, " ".join(words), env)


def _start(words: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with _log(words[0], env).open("wb") as output:
        return subprocess.Popen(
            [COMMAND, *words], env={**os.environ, **env}, stdout=output, stderr=output
        )


def _log(command: str, env: Mapping[str, str]) -> Path:
    return Path(env["BACKSTORY_HOME"]) / f"{command}.log"


def _look(process: subprocess.Popen[bytes], used: float, rss: int) -> tuple[float, int]:
    """Return the process's figures, or the ones before when it has just ended."""
    try:
        return processor_s(process.pid), peak_rss_bytes(process.pid)
    except (OSError, StopIteration):
        return used, rss


def _require_success(
    process: subprocess.Popen[bytes], command: str, env: Mapping[str, str]
) -> None:
    if process.returncode:
        said = _log(command.split()[0], env).read_text(errors="replace")[-2000:]
        raise RuntimeError(f"'backstory {command}' ended with {process.returncode}:\n{said}")
