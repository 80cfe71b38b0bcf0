"""``make faults``: faults of every kind under traffic, and a ledger of what arrived.

make faults                                             all, a minute of traffic each
make faults ARGS="--only relay --minutes 2 --seed 42"   those whose name has the word
"""

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import randrange

import click
from rich.console import Console

from infra.testing import passing_folder

from .report import json_of, table_of
from .run import Outcome, run
from .scenarios import SCENARIOS, Scenario

_WIDTH = 130


@click.command()
@click.option("--only", multiple=True, metavar="WORD", help="Scenarios whose name has the word.")
@click.option("--minutes", default=1.0, show_default=True, help="Traffic in each scenario.")
@click.option("--seed", help="Makes the same transactions and chances again.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the report.")
@click.option("--list", "listed", is_flag=True, help="Name the scenarios and end.")
def main(
    only: tuple[str, ...], minutes: float, seed: str | None, json_file: Path | None, listed: bool
) -> None:
    """Strike the pipeline, one scenario at a time; ends with 1 if anything is lost or wrong."""
    chosen = [s for s in SCENARIOS if not only or any(word in s.name for word in only)]
    if not chosen:
        raise click.BadParameter(f"no scenario is called {only!r}; --list names them")
    if listed:
        return click.echo("\n".join(scenario.name for scenario in chosen))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was mounted and started ends, too
    seed = seed or str(randrange(10**9))
    click.echo(f"seed {seed}; the same again: --seed {seed}")
    outcomes: list[Outcome] = []
    for outcome in _played(chosen, seed=seed, traffic_s=minutes * 60):
        outcomes.append(outcome)
        if not outcome.good:
            click.echo(f"{outcome.problem}\n{outcome.verdict}", err=True)
        if json_file:
            report = json_of(outcomes, seed=seed, traffic_s=minutes * 60)
            json_file.write_text(json.dumps(report, indent=2) + "\n")
    console = Console()
    console.width = max(console.width, _WIDTH)
    console.print(table_of(outcomes))
    sys.exit(not all(outcome.good for outcome in outcomes))


def _played(chosen: Sequence[Scenario], *, seed: str, traffic_s: float) -> Iterator[Outcome]:
    """One after the other, each in a folder of its own."""
    with passing_folder() as folder:
        for number, scenario in enumerate(chosen, start=1):
            click.echo(f"{number} of {len(chosen)}: {scenario.name} ...")
            own = folder / scenario.name
            own.mkdir()
            yield run(scenario, own, seed=seed, traffic_s=traffic_s)


if __name__ == "__main__":
    main(prog_name="python -m tests.faults")
