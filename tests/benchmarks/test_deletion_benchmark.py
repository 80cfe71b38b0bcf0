"""The comparison of deletions runs, and counts the statements of each."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_QUERIES = 15


def test_voiding_and_restoring_take_few_statements(servers_folder):
    """That is no matter of time; each variant is checked to have taken all, and brought it back."""
    file = servers_folder / "deletion.json"
    command = ("benchmarks", "deletion", "--rounds", "1", "--rows", "5", "--json", str(file))
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "BACKSTORY_HOME": str(servers_folder / "deletion")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(file.read_text())["deletion"]["variants"]

    assert {"delete", "restore"} <= figures["backstory"].keys()
    assert all(each["queries"] <= MOST_QUERIES for each in figures["backstory"].values())
