"""How long one write takes until its event can be read from the history, under a steady load."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result

from .backlog import ROWS, paced_changes, seed
from .processes import running
from .topic import Way, a_way

PER_SECOND = 1_000
SECONDS = 25
WRITERS = 4
WARM_UP_S = 3
P99_MS = 150

# From the trigger, just before the writer's commit, to the commit of the history's row.
LATENCIES = """
SELECT percentile_cont(ARRAY[0.5, 0.9, 0.99, 1]) WITHIN GROUP (
    ORDER BY extract(epoch FROM pg_xact_commit_timestamp(xmin) - occurred_at) * 1000)
FROM history.events
WHERE type = 'model.updated' AND occurred_at > %s
"""
ARRIVED = "SELECT count(*) FROM history.events WHERE type = 'model.updated' AND occurred_at > %s"


def run(bench: Bench) -> Result:
    """Write at a steady rate with relay and persister running; read the times off the history."""
    with a_way(bench, "latency") as way:
        seed(way.app_url)
        with running(("relay",), way.env), running(("persist",), way.env):
            bench.report("latency: warming up")
            _written(way, WARM_UP_S)
            bench.report(f"latency: {PER_SECOND} changes a second for {SECONDS} s")
            achieved, percentiles = _written(way, SECONDS)
    p50, p90, p99, longest = percentiles
    return Result(
        name="latency",
        findings=[
            Finding(name="commit to row: p50", value=p50, unit="ms"),
            Finding(name="commit to row: p90", value=p90, unit="ms"),
            Finding(name="commit to row: p99", value=p99, bound="at most", limit=P99_MS, unit="ms"),
            Finding(name="commit to row: longest", value=longest, unit="ms"),
        ],
        figures={"per_second": round(achieved), "seconds": SECONDS},
        remarks=[
            f"{achieved:,.0f} changes a second, each a transaction that waits for the disk; from "
            "the trigger's clock to the commit of the history's row",
        ],
    )


def _written(way: Way, seconds: int) -> tuple[float, list[float]]:
    """Write, wait until all of it has arrived, and return changes a second and percentiles."""
    with psycopg.connect(way.history_url, autocommit=True) as connection:
        since = connection.execute("SELECT clock_timestamp()").fetchone()
        began = time.monotonic()
        events = _write(way.app_url, seconds)
        achieved = events / (time.monotonic() - began)
        _wait_for(connection, since, events)
        row = connection.execute(LATENCIES, since).fetchone()
    return achieved, row[0]  # type: ignore[index]


def _write(url: str, seconds: int) -> int:
    """Write from several connections at once, as one alone waits for the disk too long."""
    with ThreadPoolExecutor(WRITERS) as pool:
        share = PER_SECOND // WRITERS
        each = [
            pool.submit(
                paced_changes,
                url,
                first=writer * ROWS // WRITERS,
                per_second=share,
                seconds=seconds,
            )
            for writer in range(WRITERS)
        ]
        return sum(writer.result() for writer in each)


def _wait_for(connection: psycopg.Connection, since: object, events: int) -> None:
    deadline = time.monotonic() + 60
    while (arrived := connection.execute(ARRIVED, since).fetchone()[0]) < events:  # type: ignore
        if time.monotonic() > deadline:
            raise RuntimeError(f"{arrived} of {events} events arrived within a minute")
        time.sleep(0.2)
