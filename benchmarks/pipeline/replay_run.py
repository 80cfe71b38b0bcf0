"""One ``backstory replay history``, watched from outside, and abandoned at its end."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.measure import anonymous_bytes, processor_s

from .processes import COMMAND, command_line
from .topic import Way

LOOK_EVERY_S = 0.05
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A replay as a command, from its start to the end of its comparison.

    Attributes:
        rows: of the fresh table.
        differing: rows that the two tables do not have in common.
        seconds: of all that, the start of Python included.
        used_s: processor time of the replay, of PostgreSQL with all its processes, of Kafka.
        began_at: when, in seconds since 1970.
        memory: of its own (``RssAnon``), every 50 ms from start to end.
    """

    rows: int
    differing: int
    seconds: float
    used_s: tuple[float, float, float]
    began_at: float
    memory: Sequence[int]

    @property
    def per_second(self) -> float:
        return self.rows / self.seconds

    @property
    def processor_s(self) -> float:
        return sum(self.used_s)

    @property
    def peak_bytes(self) -> int:
        return max(self.memory)

    @property
    def growth_bytes(self) -> int:
        """The most of the later half, over the most of the earlier half; its first fifth is start.

        Negative if it fell.
        """
        settled = self.memory[len(self.memory) // 5 :]
        half = len(settled) // 2
        return max(settled[half:]) - max(settled[:half])

    def as_json(self) -> dict[str, Any]:
        return {
            "events": self.rows,
            "seconds": round(self.seconds, 3),
            "events_per_s": round(self.per_second),
            "processor_s": [round(each, 2) for each in self.used_s],
            "memory_mb": [round(each / 2**20) for each in self.memory[::20]],
        }


def replayed(bench: Bench, way: Way, *words: str) -> Run:
    """Replay, and drop the fresh table; raises RuntimeError with what it said when it fails."""
    log = Path(way.env["BACKSTORY_HOME"]) / "replay.log"
    with log.open("w+") as said:
        before = _servers_s(bench)
        began = time.time()
        process = subprocess.Popen(
            [COMMAND, "replay", "history", "--json", *words],
            env={**os.environ, **way.env},
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        memory, used = _watched(process)
        seconds = time.time() - began
        postgres, kafka = (b - a for a, b in zip(before, _servers_s(bench), strict=True))
    if process.returncode:
        raise RuntimeError(f"'backstory replay history' failed:\n{log.read_text()[-2000:]}")
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    command_line(["replay", "abandon", "--reason", "measured"], way.env)
    return Run(
        rows=told["rows"],
        differing=told["missing"] + told["extra"] + told["changed"],
        seconds=seconds,
        used_s=(used, postgres, kafka),
        began_at=began,
        memory=memory,
    )


def _watched(process: subprocess.Popen[str]) -> tuple[list[int], float]:
    """Look at it until it ends: its memory over time, and its processor time."""
    memory, used = [], 0.0
    while process.poll() is None:
        try:
            memory.append(anonymous_bytes(process.pid))
            used = processor_s(process.pid)
        except (OSError, StopIteration):
            break
        time.sleep(LOOK_EVERY_S)
    process.wait()
    return memory, used


def _servers_s(bench: Bench) -> tuple[float, float]:
    """Processor seconds of PostgreSQL, with all processes it ever had, and of Kafka."""
    postmaster = bench.home.postgres.process.pid
    used = sum(_stat(postmaster)[11:15])
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))) and stat[1] == postmaster:
            used += sum(stat[11:13])
    return used * _TICK_S, processor_s(bench.home.kafka.process.pid)


def _stat(pid: int) -> list[int]:
    """The figures of ``/proc/PID/stat`` after the name and the state; none if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (OSError, ProcessLookupError):
        return []
    return [0, *map(int, text.rpartition(")")[2].split()[1:])]
