"""What a benchmark hands back: tables, figures, and each target beside its figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

Bound = Literal["at most", "at least"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A measured figure and what it should be. Not reaching it fails nothing.

    Attributes:
        name: what was measured.
        value: the figure.
        bound: on which side of ``limit`` it should be; None when it is only told.
        unit: what the figure counts, empty for a ratio.
    """

    name: str
    value: float
    bound: Bound | None = None
    limit: float = 0.0
    unit: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None when there is none."""
        if self.bound is None:
            return None
        return self.value <= self.limit if self.bound == "at most" else self.value >= self.limit

    def as_json(self) -> dict[str, Any]:
        told = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        if self.bound is None:
            return told
        return {**told, "bound": self.bound, "limit": self.limit, "met": self.met}


@dataclass(frozen=True, kw_only=True)
class Result:
    """Everything one benchmark found.

    Attributes:
        name: the benchmark's name on the command line.
        findings: its figures against their targets.
        tables: what else a reader wants to see.
        figures: what else a program wants to read.
        remarks: sentences that belong under the tables.
    """

    name: str
    findings: Sequence[Finding]
    tables: Sequence[Table] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    remarks: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        return {"targets": [each.as_json() for each in self.findings], **self.figures}


def show(console: Console, result: Result) -> None:
    """Print a result for a person."""
    for table in (*result.tables, *([_targets(result)] if result.findings else [])):
        console.print(table.title, style="bold", highlight=False)
        table.title = None  # as a title it would be broken to the table's width
        console.print(table)
    for remark in result.remarks:
        console.print(f"  {remark}", style="dim")
    console.print()


def _targets(result: Result) -> Table:
    table = a_table(f"{result.name}: targets", "figure", "measured", "target", "")
    for each in result.findings:
        limit = f"{each.bound} {number(each.limit)}" if each.bound else ""
        table.add_row(each.name, f"{number(each.value)} {each.unit}".strip(), limit, _verdict(each))
    return table


def _verdict(finding: Finding) -> str:
    return {None: "", True: "[green]met[/]", False: "[red]not met[/]"}[finding.met]


def a_table(title: str, first: str, *others: str) -> Table:
    """Return an empty table: one column of words, the others of figures."""
    table = Table(title=title, box=SIMPLE_HEAD)
    table.add_column(first)
    for other in others:
        table.add_column(other, justify="right")
    return table


def duration(microseconds: float) -> str:
    """Return a time in the unit a person would say it in."""
    if abs(microseconds) < 10_000:
        return f"{microseconds:,.0f} µs"
    return f"{microseconds / 1e3:,.0f} ms"


def number(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
