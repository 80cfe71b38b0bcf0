"""Which versions are tested together, and what came of it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
DJANGOS = {"5.2": "Django>=5.2,<5.3", "6": "Django>=6,<7"}
POSTGRES = {"5.2": ("14", "18"), "6": ("15", "18")}  # the oldest each Django takes, and the newest
TESTS = ["tests/schemas", "tests/producer", "tests/consumers", "tests/django_base"]


@dataclass(frozen=True)
class Cell:
    """One combination; ``executable`` is the Python that its virtual environment is made with."""

    python: str
    django: str
    postgres: str
    executable: Path

    @property
    def name(self) -> str:
        return f"python{self.python}-django{self.django}-postgres{self.postgres}"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Outcome:
    """What pytest said of a cell: its exit code, its last line, the file with all of it."""

    cell: Cell
    code: int
    said: str
    seconds: float
    log: Path

    @property
    def failed(self) -> bool:
        return self.code != 0

    @property
    def line(self) -> str:
        said = self.said.strip("= ")
        return f"{said} (see {self.log.parent.name}/{self.log.name})" if self.failed else said


def cells() -> list[Cell]:
    """Return every combination that this machine has a Python for."""
    found = [(version, path) for version in PYTHONS if (path := _executable(version))]
    return [
        Cell(version, django, postgres, path)
        for (version, path), django in product(found, DJANGOS)
        if django == "5.2" or version != "3.11"  # Django 6 begins at Python 3.12
        for postgres in POSTGRES[django]
    ]


@cache
def _executable(version: str) -> Path | None:
    """Return a Python of a version that can make virtual environments, or None."""
    for path in _candidates(version):
        check = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([path, "-c", check], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return path
    return None


def _candidates(version: str) -> Iterator[Path]:
    found = shutil.which(f"python{version}")
    if found:
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)
