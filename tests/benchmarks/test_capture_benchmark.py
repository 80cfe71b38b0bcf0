"""The comparison of recorders runs, and counts what each of them kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ("--rounds", "1", "--rows", "20")


@pytest.fixture(scope="module")
def capture(servers_folder):
    """The figures of one round, as ``make bench`` writes them."""
    file = servers_folder / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "capture", *SMALL, "--json", str(file)],
        cwd=ROOT,
        env={**os.environ, "BACKSTORY_HOME": str(servers_folder / "bench")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(file.read_text())["capture"]


def test_backstory_records_every_row_of_every_operation(capture):
    """What is compared has to be the whole of it: a recorder that skips rows is always fast."""
    ours = capture["recorders"]["backstory"]

    assert {name: each["recorded"] for name, each in ours.items()} == {
        name: each["written"] for name, each in ours.items()
    }


def test_recorders_on_signals_are_shown_to_miss_bulk_writes(capture):
    """A zero beside a small number is what explains it."""
    for name in ("auditlog", "simple-history"):
        recorded = capture["recorders"][name]

        assert recorded["save"]["recorded"] == 1
        assert recorded["queryset.update"]["recorded"] == 0
