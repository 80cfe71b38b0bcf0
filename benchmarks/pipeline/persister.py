"""How fast the persister moves a full topic into the indexed history."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from statistics import median

import psycopg

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result

from .backlog import requests, seed
from .processes import Drain, command_line, drain
from .relay import figures_of, table_of
from .topic import Way, a_way

ROUNDS = 3
EVENTS_PER_S = 30_000
MOVED = "SELECT coalesce(sum(next_offset), 0) FROM history.offsets"
KEPT = "SELECT count(*) FROM history.events"


def run(bench: Bench) -> Result:
    """Fill a topic through the relay; then write it into new histories, one after the other."""
    drains = []
    with a_way(bench, "persister") as way:
        events = _filled(bench, way)
        for number in range(bench.rounds or ROUNDS):
            bench.report(f"persister: round {number + 1}")
            with _new_history(bench, way, number) as fresh:
                drains.append(_drained(fresh, events))
    rate = median(each.per_second for each in drains)
    name = "full topic into the indexed table"
    return Result(
        name="persister",
        findings=[
            Finding(name=name, value=rate, bound="at least", limit=EVENTS_PER_S, unit="events/s")
        ],
        tables=[table_of("persister: from Kafka into the history", {name: drains})],
        figures={"drains": figures_of(drains)},
        remarks=["the history commits with fsync, and with the indexes it has in production"],
    )


def _filled(bench: Bench, way: Way) -> int:
    """Put the backlog into the topic and return how many events that are."""
    seed(way.app_url)
    bench.report("persister: filling the outbox")
    requests(way.app_url, bench.events)
    bench.report("persister: filling the topic")
    with closing(way.count()) as count:
        return drain(("relay", "--once"), way.env, count).events


@contextmanager
def _new_history(bench: Bench, way: Way, number: int) -> Iterator[Way]:
    with bench.database(f"history_{number}") as url:
        fresh = replace(way, history_url=url)
        command_line(["migrate"], fresh.env)
        yield fresh


def _drained(way: Way, events: int) -> Drain:
    with psycopg.connect(way.history_url, autocommit=True) as connection:

        def number(query: str) -> int:
            return int(connection.execute(query).fetchone()[0])  # type: ignore[index]

        done = drain(("persist", "--once"), way.env, lambda: number(MOVED))
        kept = number(KEPT)
    if kept != events:
        raise RuntimeError(f"the history has {kept} of the topic's {events} events")
    return done
