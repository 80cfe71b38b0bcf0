"""Room on the disk, asked before writing and recognised in what a program says."""

import errno
import shutil
from pathlib import Path

from ..errors import DiskFull

_SAYINGS = ("no space left on device", "disk quota exceeded")


def require_room(folder: Path, needed_bytes: int) -> None:
    """Raise DiskFull if the disk below ``folder`` (which need not exist yet) has less room."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise DiskFull(folder, free_bytes=free, needed_bytes=needed_bytes)


def says_disk_full(output: str) -> bool:
    """Whether a program's output blames a full disk."""
    lowered = output.lower()
    return any(saying in lowered for saying in _SAYINGS)


def is_disk_full(error: OSError) -> bool:
    """Whether the operating system refused a write for want of room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
