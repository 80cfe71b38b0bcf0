"""Logical deletion beside django-safedelete and physical deletion, as ``deletion`` runs it."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.findings import Finding, Result, a_table, duration, number
from benchmarks.project import django_on

from .run import DELETE, LIST_ALL, LIST_LIVE, RESTORE, Figures, compare
from .variants import BACKSTORY, CHILDREN, GRANDCHILDREN, ONE_BY_ONE, PHYSICAL, Variant, present

ROUNDS = 5
QUERIES, TIMES_PHYSICAL, TIMES_VOIDING, TIMES_UNFILTERED = 15, 2.0, 1.0, 1.05


def run(bench: Bench) -> Result:
    """Void, restore and list; twice as many roots as a bulk write has rows, 1,000 by default."""
    variants, roots = present(), 2 * bench.rows
    with bench.application("deletion") as url, django_on(url):
        figures = compare(variants, roots, bench.rounds or ROUNDS, bench.report)
    return Result(
        name="deletion",
        findings=list(_findings(figures)),
        tables=[_table(figures, variants, roots)],
        figures=_as_json(figures, roots),
        remarks=[
            f"each root has {CHILDREN} children of {GRANDCHILDREN} children each; every call "
            "commits, with fsync; backstory captures every row, the others record nothing",
            f"safedelete writes row by row: measured with one root of {ONE_BY_ONE}, times "
            f"{ONE_BY_ONE}",
        ],
    )


def _table(figures: Figures, variants: Sequence[Variant], roots: int) -> Table:
    title = f"deletion: {roots:,} roots with their dependents"
    columns = ("queries", "time", "client + backend", "times physical")
    table = a_table(title, "", *columns)
    physical = figures.cost[PHYSICAL.name, DELETE]
    for variant in variants:
        for operation in (DELETE, RESTORE):
            cost = figures.cost.get((variant.name, operation))
            if cost is not None:
                table.add_row(
                    f"{variant.name}: {operation}",
                    f"{figures.queries[variant.name, operation]:,}",
                    duration(cost.wall_us),
                    f"{duration(cost.client_us)} + {duration(cost.backend_us)}",
                    number(cost.wall_us / physical.wall_us),
                )
    for name, cost in figures.listed.items():
        table.add_row(f"a list of 50 rows, {name}", "1", duration(cost.wall_us), "", "")
    return table


def _findings(figures: Figures) -> Iterator[Finding]:
    voiding = figures.cost[BACKSTORY.name, DELETE]
    physical = figures.cost[PHYSICAL.name, DELETE]
    restoring = figures.cost[BACKSTORY.name, RESTORE]
    queries = figures.queries[BACKSTORY.name, DELETE]
    yield _finding("queries of voiding", queries, QUERIES)
    yield _finding(
        "voiding: time / physical deletion's", voiding.wall_us / physical.wall_us, TIMES_PHYSICAL
    )
    ratio = voiding.processor_us / physical.processor_us
    yield Finding(name="voiding: processor time / physical deletion's", value=ratio)
    yield _finding(
        "restoring: time / voiding's", restoring.wall_us / voiding.wall_us, TIMES_VOIDING
    )
    ratio = restoring.processor_us / voiding.processor_us
    yield Finding(name="restoring: processor time / voiding's", value=ratio)
    live, every = figures.listed[LIST_LIVE], figures.listed[LIST_ALL]
    yield _finding(
        "a list where 30 % is void: time with the filter / without",
        live.wall_us / every.wall_us,
        TIMES_UNFILTERED,
    )
    ratio = live.backend_us / every.backend_us
    yield Finding(name="the same: the backend's processor time", value=ratio)


def _finding(name: str, value: float, limit: float) -> Finding:
    return Finding(name=name, value=value, bound="at most", limit=limit)


def _as_json(figures: Figures, roots: int) -> dict[str, Any]:
    times: dict[str, Any] = {}
    for (variant, operation), cost in figures.cost.items():
        times.setdefault(variant, {})[operation] = {
            "wall_us": round(cost.wall_us, 1),
            "client_us": round(cost.client_us, 1),
            "backend_us": round(cost.backend_us, 1),
            "queries": figures.queries[variant, operation],
        }
    listed = {name: round(cost.wall_us, 1) for name, cost in figures.listed.items()}
    return {"roots": roots, "variants": times, "list_us": listed}
