"""What live events feel of a replay: their way from trigger to history, with and without."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.findings import a_table
from infra.waiting import wait_until

from .backlog import ROWS, paced_changes
from .processes import running
from .replay_run import Run, replayed
from .topic import Way

PER_SECOND = 500
WRITERS = 2
WARM_UP_S = 3.0
QUIET_S = 10.0
SLICE_S = 10

# From the trigger, just before the writer's commit, to the commit of the history's row.
LAG: LiteralString = """
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
    ORDER BY extract(epoch FROM pg_xact_commit_timestamp(xmin) - occurred_at) * 1000)
FROM history.events
WHERE type = 'model.updated' AND occurred_at BETWEEN to_timestamp(%s) AND to_timestamp(%s)
"""
ARRIVED: LiteralString = "SELECT max(occurred_at) > to_timestamp(%s) FROM history.events"


@dataclass(frozen=True, kw_only=True)
class Lag:
    """p50 and p95 in milliseconds, of a quiet while and of the replay right after it."""

    quiet_ms: tuple[float, float]
    beside_ms: tuple[float, float]
    replay: Run

    def ratio(self, name: str) -> float:
        """How many times as long, at ``p50`` or ``p95``."""
        place = ("p50", "p95").index(name)
        return self.beside_ms[place] / self.quiet_ms[place]

    def as_json(self) -> dict[str, Any]:
        return {
            "quiet_ms": [round(each, 1) for each in self.quiet_ms],
            "beside_ms": [round(each, 1) for each in self.beside_ms],
            "replay": self.replay.as_json(),
        }


def lags_beside(bench: Bench, way: Way, rounds: int) -> list[Lag]:
    """Quiet and replay in turn, while changes are committed at a steady rate all the while."""
    stopped: list[bool] = []
    found = []
    with (
        running(("relay",), way.env),
        running(("persist",), way.env),
        ThreadPoolExecutor(WRITERS) as pool,
    ):
        for number in range(WRITERS):
            pool.submit(_write, way.app_url, number, stopped)
        try:
            time.sleep(WARM_UP_S)
            for number in range(rounds):
                bench.report(f"replay: round {number + 1}, live events alone")
                quiet = time.time(), time.time() + QUIET_S
                time.sleep(QUIET_S)
                bench.report(f"replay: round {number + 1}, beside live events")
                done = replayed(bench, way)
                beside = done.began_at, done.began_at + done.seconds
                found.append(
                    Lag(quiet_ms=_lag(way, *quiet), beside_ms=_lag(way, *beside), replay=done)
                )
        finally:
            stopped.append(True)
    return found


def _write(url: str, number: int, stopped: list[bool]) -> None:
    while not stopped:
        share = PER_SECOND // WRITERS
        paced_changes(url, first=number * ROWS // WRITERS, per_second=share, seconds=SLICE_S)


def _lag(way: Way, since: float, until: float) -> tuple[float, float]:
    """Of what was changed in between, when all of that has arrived."""
    with psycopg.connect(way.history_url, autocommit=True) as connection:

        def arrived() -> bool:
            row = connection.execute(ARRIVED, [until]).fetchone()
            return bool(row and row[0])

        if not wait_until(arrived, timeout_s=60):
            raise RuntimeError("the live events of that time have not arrived within a minute")
        row = connection.execute(LAG, [since, until]).fetchone()
    assert row is not None
    return row[0][0], row[0][1]


def lag_table(lags: list[Lag]) -> Table:
    """Return one line for each round."""
    table = a_table(
        f"replay: lag of live events, {PER_SECOND} changes a second",
        "round",
        "without, p50",
        "p95",
        "beside, p50",
        "p95",
        "events/s of the replay",
    )
    for number, each in enumerate(lags, 1):
        figures = (f"{figure:,.1f} ms" for figure in (*each.quiet_ms, *each.beside_ms))
        table.add_row(str(number), *figures, f"{each.replay.per_second:,.0f}")
    return table
