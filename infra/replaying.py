"""A replay for people and for programs: its progress, its comparison, where it stands."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from consumers import Comparison, OldHistory, ReplayStatus, Written

_log: Final = logging.getLogger("backstory.replay")
_TELL_EVERY_S: Final = 5.0
_KINDS: Final = ("missing", "extra", "changed")


class Progress:
    """How far a replay is: a bar on a terminal, elsewhere a log line every 5 s."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._expected = self._done = 0
        self._began = self._told = clock()
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    def expect(self, records: int) -> None:
        """So many are left to read."""
        self._expected = records
        self._task = self._bar.add_task("reading", total=records)
        self._bar.start()

    def kept(self, written: Written) -> None:
        """One batch more."""
        self._done += written.events + written.repeated + len(written.dead)
        if self._task is not None:
            self._bar.update(self._task, completed=self._done)
        if self._clock() - self._told >= _TELL_EVERY_S:
            self._told = self._clock()
            rate = round(self._done / (self._told - self._began))
            facts = {"events": self._done, "expected": self._expected, "per_second": rate}
            _log.info("replaying", extra=facts)

    def tell(self, step: str) -> None:
        """Another step began."""
        if self._task is not None:
            self._bar.update(self._task, description=step)
        _log.info("%s", step, extra={"events": self._done})

    def end(self) -> None:
        """Nothing moves any more."""
        self._bar.stop()


def comparison_facts(comparison: Comparison) -> dict[str, Any]:
    """As JSON, with all months."""
    return {
        "rows": comparison.rows,
        "hash": comparison.hash,
        **{kind: comparison.count(kind) for kind in _KINDS},
        "months": [
            {
                "name": month.name,
                "live": {"rows": month.live.count, "hash": month.live.hash},
                "fresh": {"rows": month.fresh.count, "hash": month.fresh.hash},
                "differences": [
                    {"kind": each.kind, "rows": each.count, "ids": [*map(str, each.ids)]}
                    for each in month.differences
                ],
            }
            for month in comparison.months
            if month.live.count or month.fresh.count
        ],
    }


def show_comparison(comparison: Comparison, console: Console) -> None:
    """A line for each month that holds anything, and what differs in it."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("month", "live", "fresh", "hash"):
        table.add_column(column, header_style="dim", no_wrap=True)
    table.add_column("differences", header_style="dim", overflow="fold")
    for month in comparison.months:
        if month.live.count or month.fresh.count:
            differences = "; ".join(
                f"{each.count:,} {each.kind}: {', '.join(map(str, each.ids))}"
                for each in month.differences
            )
            counts = f"{month.live.count:,}", f"{month.fresh.count:,}"
            table.add_row(month.name, *counts, month.fresh.hash, differences or "none")
    console.print(table)
    console.print(f"{comparison.rows:,} rows, hash {comparison.hash}")


def status_facts(found: ReplayStatus | None, old: Sequence[OldHistory]) -> dict[str, Any]:
    """As JSON."""
    return {
        "replay": found
        and {
            "stage": found.stage,
            "running": found.running,
            "topic": found.state.topic,
            "asked": str(found.state.asked),
            "begun_at": found.state.begun_at.isoformat(),
            "read": found.state.read,
            "kept": found.state.kept,
            "rejected": found.state.rejected,
            "behind": found.behind,
        },
        "old": [{"schema": each.schema, "size_bytes": each.size_bytes} for each in old],
    }


def show_status(found: ReplayStatus | None, old: Sequence[OldHistory], console: Console) -> None:
    """A few lines."""
    if found is None:
        console.print("no replay is under way")
    else:
        state = found.state
        console.print(
            f"replay of {state.topic} ({state.asked}), begun {state.begun_at:%F %T %Z}: "
            f"{found.stage}, {'running' if found.running else 'paused'}, {state.read:,} records "
            f"read, {state.kept:,} kept, {state.rejected:,} rejected, {found.behind:,} behind",
            soft_wrap=True,
            markup=False,
        )
    for each in old:
        console.print(f"former history {each.schema}: {each.size_bytes / 2**20:,.0f} MB")
