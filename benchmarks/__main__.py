"""``python -m benchmarks``: measure, print each figure beside its target, write them as JSON."""

import json
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from . import machine
from .bench import Bench, prepared
from .findings import Result, show

BENCHMARKS = {
    "capture": "benchmarks.capture.benchmark",
    "pages": "benchmarks.pages.benchmark",
    "urls": "benchmarks.urls.benchmark",
    "permissions": "benchmarks.permissions.benchmark",
    "million": "benchmarks.capture.million",
    "memory": "benchmarks.capture.memory",
    "deletion": "benchmarks.deletion.benchmark",
    "relay": "benchmarks.pipeline.relay",
    "persister": "benchmarks.pipeline.persister",
    "consumers": "benchmarks.pipeline.consumers",
    "replay": "benchmarks.pipeline.replay",
    "rebuild": "benchmarks.pipeline.rebuild",
    "latency": "benchmarks.pipeline.latency",
    "kafka-down": "benchmarks.pipeline.kafka_down",
}

WIDTH = 150  # the comparison has six columns


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all figures.")
@click.option("--rounds", type=click.IntRange(min=1), help="Repetitions (each has its default).")
@click.option("--events", default=200_000, show_default=True, help="Events in a backlog.")
@click.option("--rows", default=500, show_default=True, help="Rows of a bulk write.")
@click.option("--one-transaction", is_flag=True, help="Capture: leave commits out of the clock.")
def main(names: Sequence[str], json_file: Path | None, **options: Any) -> None:
    """Run the benchmarks NAMES, or all, on servers of their own. Nothing fails for being slow."""
    console = Console()
    console.width = max(console.width, WIDTH)
    with console.status("") as status:

        def report(step: str) -> None:
            status.update(step)

        with prepared(os.environ, report, **options) as bench:
            figures: dict[str, Any] = {"machine": machine.facts(bench.home)}
            for name in names or BENCHMARKS:
                result = _benchmark(name)(bench)
                show(console, result)
                figures[name] = {**result.as_json(), "load": machine.load()}
    console.print(_machine(figures["machine"]), style="dim")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n")


def _benchmark(name: str) -> Callable[[Bench], Result]:
    run: Callable[[Bench], Result] = import_module(BENCHMARKS[name]).run
    return run


def _machine(facts: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    return (
        f"{facts['date']}, {facts['cores']} cores, load at start {facts['load_at_start'][0]}, "
        f"Python {facts['python']}, PostgreSQL {facts['postgres']['server_version']}, "
        f"Kafka {facts['kafka']}, {packages}"
    )


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
