"""How fast the relay moves a backlog from the outbox to Kafka."""

from collections.abc import Callable
from statistics import median

from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table

from .backlog import bulk_updates, requests, seed, single_row_changes
from .processes import Drain, drain
from .topic import Way, a_way

ROUNDS = 3
EVENTS_PER_S = 40_000
PEAK_MB = 300
BACKLOGS: dict[str, Callable[[str, int], int]] = {
    "single-row changes": single_row_changes,
    "single-row changes, a request each": requests,
    "bulk updates of 500 rows": bulk_updates,
}


def run(bench: Bench) -> Result:
    """Fill and drain each kind of backlog in turn, with ``backstory relay --once``."""
    drains: dict[str, list[Drain]] = {name: [] for name in BACKLOGS}
    with a_way(bench, "relay") as way:
        seed(way.app_url)
        for number in range(bench.rounds or ROUNDS):
            for name, fill in BACKLOGS.items():
                bench.report(f"relay: {name}, round {number + 1}: filling")
                events = fill(way.app_url, bench.events)
                bench.report(f"relay: {name}, round {number + 1}: draining")
                drains[name].append(_drained(way, events))
    return Result(
        name="relay",
        findings=[each for name in BACKLOGS for each in _findings(name, drains[name])],
        tables=[table_of("relay: from the outbox to Kafka", drains)],
        figures={"drains": {name: figures_of(each) for name, each in drains.items()}},
    )


def _drained(way: Way, events: int) -> Drain:
    count = way.count()
    try:
        done = drain(("relay", "--once"), way.env, count)
    finally:
        count.close()
    if done.events < events:
        raise RuntimeError(f"the relay published {done.events} of {events} events and ended")
    return done


def _findings(name: str, drains: list[Drain]) -> list[Finding]:
    rate = median(each.per_second for each in drains)
    peak = max(each.peak_rss_bytes for each in drains) / 2**20
    return [
        Finding(name=name, value=rate, bound="at least", limit=EVENTS_PER_S, unit="events/s"),
        Finding(name=f"{name}: peak memory", value=peak, bound="at most", limit=PEAK_MB, unit="MB"),
    ]


def table_of(title: str, drains: dict[str, list[Drain]]) -> Table:
    """Return one line for each backlog: the medians of its drains."""
    table = a_table(title, "backlog", "events", "events/s", "processor of 1,000 events", "peak MB")
    for name, each in drains.items():
        table.add_row(
            name,
            f"{median(drain.events for drain in each):,.0f}",
            " ".join(f"{drain.per_second:,.0f}" for drain in each),
            f"{median(drain.processor_s / drain.events for drain in each) * 1e6:,.1f} ms",
            f"{max(drain.peak_rss_bytes for drain in each) / 2**20:,.0f}",
        )
    return table


def figures_of(drains: list[Drain]) -> list[dict[str, float]]:
    """Return what each drain measured."""
    return [
        {
            "events": drain.events,
            "seconds": round(drain.seconds, 3),
            "events_per_s": round(drain.per_second),
            "processor_s": round(drain.processor_s, 3),
            "peak_rss_mb": round(drain.peak_rss_bytes / 2**20, 1),
        }
        for drain in drains
    ]
