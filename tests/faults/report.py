"""The report: a line for each scenario, and all of it as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from .run import Outcome

_COUNTED = ("lost", "phantom", "repeated", "inverted")


def table_of(outcomes: Sequence[Outcome]) -> Table:
    """Lost to others have to be 0; ``others`` is all else that the ledger finds.

    ``drain s`` is how long the history took to catch up after the fault, ``x input`` how fast that
    was beside the writing, ``restarts`` how often a process ended by itself.
    """
    table = Table(title="Faults")
    table.add_column("scenario", no_wrap=True)
    for name in (*_COUNTED, "others", "drain s", "x input", "restarts", "events"):
        table.add_column(name, justify="right")
    table.add_column("result")
    for outcome in outcomes:
        table.add_row(*_cells(outcome))
    return table


def json_of(outcomes: Sequence[Outcome], *, seed: str, traffic_s: float) -> dict[str, Any]:
    """Everything that is known, with the sentences behind each count."""
    scenarios = [{**asdict(outcome), "good": outcome.good} for outcome in outcomes]
    return {"seed": seed, "traffic_s": traffic_s, "scenarios": scenarios}


def _cells(outcome: Outcome) -> list[str]:
    verdict = asdict(outcome.verdict) if outcome.verdict else {}
    found = {name: len(sentences) for name, sentences in verdict.items()}
    others = sum(count for name, count in found.items() if name not in _COUNTED)
    return [
        outcome.name,
        *(str(found[name]) if found else "-" for name in _COUNTED),
        str(others) if found else "-",
        "-" if outcome.drain_s is None else f"{outcome.drain_s:.1f}",
        "-" if outcome.drain_ratio is None else f"{outcome.drain_ratio:.1f}",
        str(outcome.restarts),
        str(outcome.events),
        _result(outcome),
    ]


def _result(outcome: Outcome) -> str:
    if outcome.left_out:
        return f"left out: {outcome.left_out}"
    if outcome.good:
        return "good"
    if outcome.is_slow:
        return f"FAILED: slower than {outcome.times_input:g} x input"
    return f"FAILED: {outcome.problem.splitlines()[0] if outcome.problem else 'see below'}"
