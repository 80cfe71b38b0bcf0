"""The comparison of recorders as tables and targets."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from benchmarks.findings import Finding, Result, a_table, duration, number
from benchmarks.measure import Cost

from .operations import OPERATIONS
from .recorders import BACKSTORY, PGHISTORY, PLAIN, Recorder
from .run import Capture, Settings

LIMITS = {
    "save": 0.9,
    "create": 0.9,
    "ten saves in a transaction": 0.9,
    "bulk_create": 0.5,
    "queryset.update": 0.5,
    "bulk_update": 1.0,
    "queryset.delete": 0.5,
    "cascade": 0.5,
}
SAVE_LIMIT = 1.4


def result_of(capture: Capture, recorders: Sequence[Recorder], settings: Settings) -> Result:
    """Return the tables, the targets and the figures of a comparison."""
    return Result(
        name="capture",
        findings=list(_findings(capture)) if BACKSTORY in recorders else [],
        tables=[_times_plain(capture, recorders), _added(capture, recorders)],
        figures=_figures(capture, settings),
        remarks=[
            "each call in a request under the recorder's own middleware; medians over rounds",
            "no commit inside the clock" if settings.one_transaction else _COMMITS,
        ],
    )


_COMMITS = (
    "each call commits, with fsync (synchronous_commit=on); --one-transaction leaves that out"
)


def _findings(capture: Capture) -> Iterator[Finding]:
    for operation, limit in LIMITS.items():
        ours = capture.added[BACKSTORY.name, operation]
        theirs = capture.added[PGHISTORY.name, operation]
        name = f"{operation}: added time / what pghistory adds"
        ratio = ours.wall_us / theirs.wall_us
        yield Finding(name=name, value=ratio, bound="at most", limit=limit)
        ratio = ours.processor_us / theirs.processor_us
        yield Finding(name=f"{operation}: added processor time / pghistory's", value=ratio)
    plain, ours = capture.cost[PLAIN.name, "save"], capture.cost[BACKSTORY.name, "save"]
    ratio = ours.wall_us / plain.wall_us
    name = "save with capture / plain save"
    yield Finding(name=name, value=ratio, bound="at most", limit=SAVE_LIMIT)
    kept = [
        capture.recorded[BACKSTORY.name, operation] / written
        for operation, written in capture.written.items()
    ]
    name = "rows recorded / written, in the worst of the operations"
    yield Finding(name=name, value=min(kept), bound="at least", limit=1.0)


def _times_plain(capture: Capture, recorders: Sequence[Recorder]) -> Table:
    others = [each.name for each in recorders[1:]]
    title = "capture: times plain Django [rows recorded, where not all]"
    table = a_table(title, "one call of", "plain", *others)
    for operation in OPERATIONS:
        plain = capture.cost[PLAIN.name, operation.name].wall_us
        cells = [_ratio(capture, each, operation.name) for each in recorders[1:]]
        table.add_row(operation.name, duration(plain), *cells)
    return table


def _ratio(capture: Capture, recorder: Recorder, operation: str) -> str:
    times = capture.cost[recorder.name, operation].wall_us
    times /= capture.cost[PLAIN.name, operation].wall_us
    recorded = capture.recorded[recorder.name, operation]
    return number(times) + ("" if recorded == capture.written[operation] else f" [{recorded}]")


def _added(capture: Capture, recorders: Sequence[Recorder]) -> Table:
    others = [each.name for each in recorders[1:]]
    title = "capture: µs added to one call: wall (processor of client + of PostgreSQL's backend)"
    table = a_table(title, "one call of", *others)
    for operation in OPERATIONS:
        cells = [_time(capture.added[each.name, operation.name]) for each in recorders[1:]]
        table.add_row(operation.name, *cells)
    return table


def _time(added: Cost) -> str:
    return f"{added.wall_us:,.0f} ({added.client_us:,.0f} + {added.backend_us:,.0f})"


def _figures(capture: Capture, settings: Settings) -> dict[str, Any]:
    recorders: dict[str, Any] = {}
    for (recorder, operation), cost in capture.cost.items():
        recorders.setdefault(recorder, {})[operation] = {
            "cost_us": _rounded(asdict(cost)),
            "added_us": _rounded(asdict(capture.added[recorder, operation])),
            "recorded": capture.recorded[recorder, operation],
            "written": capture.written[operation],
        }
    return {"settings": asdict(settings), "recorders": recorders}


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in figures.items()}
