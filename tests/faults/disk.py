"""A small disk that can be filled: a file system in memory, which takes root to mount."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIZE_BYTES = 320 * 2**20
_BALLAST = "ballast"
_PIECE_BYTES = 65_536


class NotPossibleHere(Exception):  # noqa: N818
    """A scenario needs what this machine does not grant; it says so and is left out."""


@contextmanager
def small_disk(folder: Path, *, wanted: bool) -> Iterator[None]:
    """Mount it at ``folder`` if wanted; raises NotPossibleHere where that is not permitted."""
    if not wanted:
        yield
        return
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_BYTES},mode=755", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotPossibleHere(f"a disk that can be filled takes root to mount: {done.stderr}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> None:
    """Write until there is not a byte left, whoever else writes meanwhile."""
    with (folder / _BALLAST).open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(_PIECE_BYTES))


def make_room(folder: Path) -> None:
    """Take back what ``fill`` took."""
    (folder / _BALLAST).unlink()
