"""How fast the history is replayed, in how much memory, and what live events feel of it."""

import time
from contextlib import closing
from statistics import median

from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table

from .backlog import requests, seed
from .beside import Lag, lag_table, lags_beside
from .processes import command_line
from .replay_run import Run, replayed
from .topic import Way, a_way

ROUNDS = 3
EVENTS_PER_S = 25_000
LAG_RATIO = 2.0
GROWTH_MB = 8.0
CORES = 2


def run(bench: Bench) -> Result:
    """Fill a history through relay and persister; replay it alone, then beside live events."""
    rounds = bench.rounds or ROUNDS
    with a_way(bench, "replay") as way:
        events = _filled(bench, way)
        alone = []
        for number in range(rounds):
            bench.report(f"replay: round {number + 1}, alone")
            alone.append(_replayed(bench, way, events))
        lags = lags_beside(bench, way, rounds)
    return _result(alone, lags)


def _filled(bench: Bench, way: Way) -> int:
    seed(way.app_url)
    bench.report("replay: filling the history")
    requests(way.app_url, bench.events)
    command_line(["relay", "--once"], way.env)
    command_line(["persist", "--once"], way.env)
    with closing(way.count()) as count:
        return count()


def _replayed(bench: Bench, way: Way, events: int) -> Run:
    done = replayed(bench, way)
    if (done.rows, done.differing) != (events, 0):
        raise RuntimeError(f"replayed {done.rows} of {events} events, {done.differing} differ")
    time.sleep(1)  # what is left to flush is not the next round's
    return done


def _result(alone: list[Run], lags: list[Lag]) -> Result:
    rate = median(each.per_second for each in alone)
    idle = CORES / median(each.processor_s / each.rows for each in alone)
    return Result(
        name="replay",
        findings=[
            Finding(
                name="topic into an indexed, compared table",
                value=rate,
                bound="at least",
                limit=EVENTS_PER_S,
                unit="events/s",
            ),
            Finding(
                name="bound by that processor time, if two cores did nothing else",
                value=idle,
                unit="events/s",
            ),
            Finding(
                name="memory, later half over earlier half",
                value=max(each.growth_bytes for each in alone) / 2**20,
                bound="at most",
                limit=GROWTH_MB,
                unit="MB",
            ),
            *(
                Finding(
                    name=f"lag of live events beside a replay / without: {name}",
                    value=median(each.ratio(name) for each in lags),
                    bound="at most",
                    limit=LAG_RATIO,
                )
                for name in ("p50", "p95")
            ),
        ],
        tables=[_table(alone), lag_table(lags)],
        figures={
            "alone": [each.as_json() for each in alone],
            "lags": [each.as_json() for each in lags],
        },
        remarks=[
            "events/s: of the whole command: reading, writing, indexes, statistics, comparison",
            "processor time: of the replay, of PostgreSQL with all its processes, and of Kafka",
        ],
    )


def _table(alone: list[Run]) -> Table:
    table = a_table(
        "replay: alone, processor seconds of 100,000 events",
        "round",
        "events",
        "events/s",
        "replay",
        "PostgreSQL",
        "Kafka",
        "peak MB",
        "later half MB",
    )
    for number, each in enumerate(alone, 1):
        used = (seconds / each.rows * 1e5 for seconds in each.used_s)
        table.add_row(
            str(number),
            f"{each.rows:,}",
            f"{each.per_second:,.0f}",
            *(f"{seconds:.2f}" for seconds in used),
            f"{each.peak_bytes / 2**20:,.0f}",
            f"{each.growth_bytes / 2**20:+,.1f}",
        )
    return table
