"""How fast rules look at events that concern nobody, and how fast Faust counts."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from statistics import median

import psycopg

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result
from infra.waiting import wait_until

from .backlog import requests, seed
from .processes import Drain, drain, running
from .relay import figures_of, table_of
from .topic import Way, a_way

ROUNDS = 2
RULES_PER_CORE = 10_000
FAUST_PER_CORE = 4_000
RULES = "benchmarks.pipeline.quiet_rules"
JUDGED = "SELECT coalesce(sum(next_offset), 0) FROM history.offsets WHERE consumer = 'slack'"
COUNTED = "SELECT coalesce(sum(next_offset), 0) FROM analytics.progress"


def run(bench: Bench) -> Result:
    """Fill a topic through the relay; then let each consumer read it from the beginning."""
    drains: dict[str, list[Drain]] = {"rules": [], "faust": []}
    for number in range(bench.rounds or ROUNDS):
        with a_way(bench, f"consumers_{number}") as way:
            _begin_before_the_first_event(way)
            events = _filled(bench, way)
            bench.report(f"consumers: round {number + 1}, rules")
            drains["rules"].append(_drained(way, ("run", "slack"), JUDGED, events))
            bench.report(f"consumers: round {number + 1}, analytics")
            drains["faust"].append(_drained(way, ("analytics",), COUNTED, events))
    return Result(
        name="consumers",
        findings=[
            _per_core("rules that nothing concerns", drains["rules"], RULES_PER_CORE),
            _per_core("analytics by Faust", drains["faust"], FAUST_PER_CORE),
        ],
        tables=[table_of("consumers: a full topic, from its beginning", drains)],
        figures={"drains": {name: figures_of(each) for name, each in drains.items()}},
    )


def _per_core(name: str, drains: list[Drain], limit: int) -> Finding:
    """By the processor time of the process: what else ran on the machine does not count."""
    rate = median(each.events / each.processor_s for each in drains)
    return Finding(name=name, value=rate, bound="at least", limit=limit, unit="events/s and core")


def _begin_before_the_first_event(way: Way) -> None:
    """A notifying consumer begins at the end of a topic: let it find this one empty."""
    env = {**way.env, "BACKSTORY_RULES": RULES}
    with running(("run", "slack"), env), psycopg.connect(way.history_url, autocommit=True) as look:
        begun = partial(_number, look, "SELECT count(*) FROM history.offsets")
        if not wait_until(lambda: begun() > 0, timeout_s=60):
            raise RuntimeError("the consumer slack found no beginning within 60 s")


def _filled(bench: Bench, way: Way) -> int:
    bench.report("consumers: filling the topic")
    seed(way.app_url)
    requests(way.app_url, bench.events)
    with closing(way.count()) as count:
        return drain(("relay", "--once"), way.env, count).events


def _drained(way: Way, words: tuple[str, ...], query: str, events: int) -> Drain:
    env = {**way.env, "BACKSTORY_RULES": RULES}
    with psycopg.connect(way.history_url, autocommit=True) as look:
        moved: Callable[[], int] = partial(_number, look, query)
        return drain(words, env, moved, events=events)


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])
