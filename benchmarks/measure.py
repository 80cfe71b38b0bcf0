"""Wall time and processor time of one call, on this side of the connection and on the server's."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Self


def process_clock(pid: int) -> int:
    """Return the clock id of another process's processor time, readable with ``clock_gettime_ns``.

    ``clock_getcpuclockid(3)`` of Linux: nanoseconds, where ``/proc/PID/stat`` ticks in 10 ms.
    """
    return (~pid << 3) | 2


def processor_s(pid: int) -> float:
    """Return the processor seconds that process ``pid`` has used since it began."""
    return time.clock_gettime(process_clock(pid))


def peak_rss_bytes(pid: int | None = None) -> int:
    """Return the largest resident size that a process has had (``VmHWM`` of proc(5))."""
    return _status_bytes(pid or os.getpid(), "VmHWM")


def anonymous_bytes(pid: int) -> int:
    """Return the memory that is a process's own, without files and shared buffers (``RssAnon``)."""
    return _status_bytes(pid, "RssAnon")


def _status_bytes(pid: int, name: str) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith(name))
    return int(line.split()[1]) * 1024


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one call took, in microseconds."""

    wall_us: float
    client_us: float
    backend_us: float

    @property
    def processor_us(self) -> float:
        """Processor time of both sides together: what a busy machine feels."""
        return self.client_us + self.backend_us

    def minus(self, other: Self) -> "Cost":
        return Cost(
            wall_us=self.wall_us - other.wall_us,
            client_us=self.client_us - other.client_us,
            backend_us=self.backend_us - other.backend_us,
        )


def median_cost(costs: list[Cost]) -> Cost:
    """Return the median of each figure on its own."""
    return Cost(
        wall_us=median(cost.wall_us for cost in costs),
        client_us=median(cost.client_us for cost in costs),
        backend_us=median(cost.backend_us for cost in costs),
    )


class Stopwatch:
    """Measures calls that talk to one PostgreSQL backend from this thread."""

    def __init__(self, backend_pid: int) -> None:
        self._backend = process_clock(backend_pid)

    def cost_of(self, call: Callable[[], object]) -> Cost:
        """Run ``call`` once and return what it took."""
        backend = time.clock_gettime_ns(self._backend)
        client = time.thread_time_ns()
        wall = time.perf_counter_ns()
        call()
        wall = time.perf_counter_ns() - wall
        client = time.thread_time_ns() - client
        backend = time.clock_gettime_ns(self._backend) - backend
        return Cost(wall_us=wall / 1e3, client_us=client / 1e3, backend_us=backend / 1e3)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Collect before and not during, so that no variant pays for another one's garbage."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
