"""``python tests/matrix``: the tests over the versions supported, a cell for each combination.

    make matrix                                    every cell, about five minutes each
    make matrix ARGS="--only django5.2 --only postgres14"   those whose name has both words
    make matrix ARGS="--only python3.12 tests/producer"     other tests than the usual folders

Runs on the standard library alone. Everything it makes is below ``.matrix/`` and used again.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from cells import TESTS, Cell, Outcome, cells
from environments import programs_of, python_of

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".matrix"


def main() -> int:
    """Run the cells and print a table; return 1 if one of them failed."""
    asked = _asked()
    chosen = [cell for cell in cells() if all(word in cell.name for word in asked.only)]
    if not chosen:
        print(f"no cell is called {asked.only!r}; there are:", *cells(), sep="\n  ")
        return 2
    HOME.mkdir(exist_ok=True)
    outcomes = []
    for number, cell in enumerate(chosen, start=1):
        print(f"{number} of {len(chosen)}: {cell.name} ...", flush=True)
        outcomes.append(_run(cell, asked.tests))
        print(f"  {outcomes[-1].line}", flush=True)
    _show(outcomes)
    return int(any(outcome.failed for outcome in outcomes))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make matrix ARGS=", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="WORD")
    parser.add_argument("tests", nargs="*", default=TESTS)
    return parser.parse_args()


def _run(cell: Cell, tests: list[str]) -> Outcome:
    """Set a cell up and run the tests in it; what they said is in ``.matrix/NAME.log``."""
    log = HOME / f"{cell.name}.log"
    try:
        python = python_of(cell, HOME)
        env = programs_of(cell, python, HOME)
    except subprocess.CalledProcessError as error:
        log.write_text(f"{error}\n{error.stdout}")
        return Outcome(cell, error.returncode, "could not be set up", 0.0, log)
    began = time.monotonic()
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    lines = log.read_text().strip().splitlines() or ["nothing was said"]
    return Outcome(cell, done.returncode, lines[-1], time.monotonic() - began, log)


def _show(outcomes: list[Outcome]) -> None:
    print(f"\n{'Python':8}{'Django':8}{'PostgreSQL':12}{'seconds':>8}  tests")
    for each in outcomes:
        cell = each.cell
        print(f"{cell.python:8}{cell.django:8}{cell.postgres:12}{each.seconds:8.0f}  {each.line}")


if __name__ == "__main__":
    sys.exit(main())
