"""A name for each process of a kind on this machine, the same again after a restart."""

import fcntl
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from io import FileIO
from itertools import count
from pathlib import Path

_log = logging.getLogger("backstory.instance")


@contextmanager
def claimed_instance(home: Path, kind: str) -> Iterator[str | None]:
    """The first free of ``HOST-HOME-KIND-0``, ``-1``, …, held while inside, freed even by a kill.

    A member of a consumer group that comes back under its old name gets its partitions at once.
    None when ``home`` cannot be written: such a process joins without a name.
    """
    folder = home.absolute() / "instances"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, lock = _first_free(folder, kind)
    except OSError as error:
        _log.warning("no fixed name in the consumer group: %s", error)
        yield None
        return
    with lock:
        place = blake2b(str(home.absolute()).encode(), digest_size=4).hexdigest()
        yield f"{socket.gethostname()}-{place}-{kind}-{number}"


def _first_free(folder: Path, kind: str) -> tuple[int, FileIO]:
    for number in count():
        lock = FileIO(folder / f"{kind}-{number}.lock", "a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return number, lock
    raise AssertionError("unreachable")
