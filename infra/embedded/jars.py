"""Kafka's jars: exactly those of a lock file, fetched once, checked, put in place as a whole."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import (
    ChecksumMismatch,
    DiskFull,
    DownloadFailed,
    EmbeddedExtraMissing,
    InfraError,
)
from .disk import is_disk_full, require_room

LOCK_FILE = Path(__file__).with_name("kafka-4.1.1.lock")
NEEDED_BYTES = 150 * 2**20
_AT_ONCE = 8
_TRIES = 3

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Jar:
    """A Maven coordinate ``group:artifact:version`` and the digest its file has to have."""

    coordinate: str
    sha256: str


class Fetch(Protocol):
    """Bring the file of a coordinate from somewhere; called from several threads."""

    def __call__(self, coordinate: str, /) -> Path:
        """The path of a file that may be moved away; any exception means it could not be had."""


def read_lock(lock_file: Path) -> list[Jar]:
    """The jars a lock file names, one ``group:artifact:version sha256`` a line."""
    return [Jar(*line.split()) for line in lock_file.read_text().splitlines()]


def fetch_jars(
    cache: Path,
    *,
    lock_file: Path = LOCK_FILE,
    mirror: str | None = None,
    progress: Progress = lambda done, total: None,
    fetcher: Callable[[Path, str | None], Fetch] | None = None,
) -> Path:
    """The folder with the jars of the lock file, downloaded if the cache does not hold them yet.

    A folder in the cache is always complete: it is named by the lock's digest and renamed into
    place after the last jar was checked. Raises DownloadFailed, ChecksumMismatch or DiskFull; then
    nothing stays behind.
    """
    jars = read_lock(lock_file)
    digest = hashlib.sha256(lock_file.read_bytes()).hexdigest()[:12]
    complete = cache / lock_file.stem / digest
    if complete.is_dir():
        return complete
    require_room(cache, NEEDED_BYTES)
    with _errors_of_ours(lock_file.stem, cache), _stage(cache) as stage:
        fetch = (fetcher or maven_fetch)(stage, mirror)
        _fetch_all(jars, fetch, stage / "lib", progress)
        _publish(stage / "lib", complete)
    return complete


def maven_fetch(stage: Path, mirror: str | None) -> Fetch:
    """Fetch through jgo, which knows Maven Central. Only files are asked of it, no resolution.

    jgo's own resolution mixes versions of unrelated coordinates, and it only warns about a wrong
    checksum.
    """
    try:
        from jgo.maven import MavenContext, PythonResolver
    except ImportError as error:
        raise EmbeddedExtraMissing("jgo") from error
    context = MavenContext(
        resolver=PythonResolver(),
        repo_cache=stage / "m2",
        local_repos=[],
        remote_repos={"mirror": mirror} if mirror else None,
    )

    def fetch(coordinate: str) -> Path:
        group, artifact, version = coordinate.split(":")
        return Path(context.project(group, artifact).at_version(version).artifact().resolve())

    return fetch


def _fetch_all(jars: list[Jar], fetch: Fetch, into: Path, progress: Progress) -> None:
    into.mkdir(parents=True)
    progress(0, len(jars))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting = [pool.submit(_fetch_one, jar, fetch, into) for jar in jars]
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                future.result()
                progress(done, len(jars))
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch_one(jar: Jar, fetch: Fetch, into: Path) -> None:
    for tries_left in reversed(range(_TRIES)):
        try:
            path = fetch(jar.coordinate)
            break
        except Exception:
            if not tries_left:
                raise
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != jar.sha256:
        raise ChecksumMismatch(jar.coordinate, expected=jar.sha256, found=found)
    path.replace(into / path.name)


@contextmanager
def _errors_of_ours(what: str, cache: Path) -> Iterator[None]:
    try:
        yield
    except InfraError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and is_disk_full(error):
            free = shutil.disk_usage(cache).free
            raise DiskFull(cache, free_bytes=free, needed_bytes=NEEDED_BYTES) from error
        raise DownloadFailed(what, cache, _reason(error)) from error


@contextmanager
def _stage(cache: Path) -> Iterator[Path]:
    stage = cache / f"stage-{os.getpid()}"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir(parents=True)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _publish(folder: Path, complete: Path) -> None:
    complete.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(complete)
    except OSError:
        if not complete.is_dir():  # else another process was faster, with the same jars
            raise


def _reason(error: BaseException) -> str:
    return (
        f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        if str(error)
        else type(error).__name__
    )
