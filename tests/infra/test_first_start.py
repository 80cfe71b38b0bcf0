"""What the first start needs from its surroundings, and what it says when that is missing."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from infra.embedded import EmbeddedPostgres
from infra.embedded.account import ordinary_account
from infra.embedded.disk import require_room
from infra.embedded.jars import Fetch, fetch_jars, read_lock
from infra.embedded.java import find_java, java_version
from infra.embedded.kafka_server import new_cluster_id
from infra.embedded.postgres_server import postgres_programs
from infra.errors import ChecksumMismatch, DiskFull, DownloadFailed, JavaNotFound

BACKSTORY = (sys.executable, "-m", "infra.cli")


class Repository:
    """A Maven repository in memory; the first ``failures`` fetches fail."""

    def __init__(self, failures: int = 0, content: bytes = b"jar") -> None:
        self.asked: list[str] = []
        self._failures = failures
        self._content = content

    def __call__(self, stage: Path, mirror: str | None) -> Fetch:
        def fetch(coordinate: str) -> Path:
            self.asked.append(coordinate)
            if len(self.asked) <= self._failures:
                raise ConnectionError("no route to host")
            path = stage / f"{coordinate.replace(':', '-')}.jar"
            path.write_bytes(self._content)
            return path

        return fetch


@pytest.fixture
def lock_file(tmp_path: Path) -> Path:
    path = tmp_path / "thing-1.0.lock"
    digest = hashlib.sha256(b"jar").hexdigest()
    path.write_text(f"org:one:1.0 {digest}\norg:two:1.0 {digest}\n")
    return path


def test_jars_are_fetched_once(tmp_path: Path, lock_file: Path):
    """The second start needs no network."""
    repository = Repository()
    told = []

    folder = fetch_jars(
        tmp_path / "cache",
        lock_file=lock_file,
        fetcher=repository,
        progress=lambda done, total: told.append((done, total)),
    )
    again = fetch_jars(tmp_path / "cache", lock_file=lock_file, fetcher=repository)

    assert folder == again
    assert sorted(path.name for path in folder.iterdir()) == ["org-one-1.0.jar", "org-two-1.0.jar"]
    assert sorted(repository.asked) == ["org:one:1.0", "org:two:1.0"]
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_jar_that_is_not_the_locked_one_installs_nothing(tmp_path: Path, lock_file: Path):
    """What runs on a developer's machine is what was looked at, whatever a mirror serves."""
    with pytest.raises(ChecksumMismatch, match=r"'org:.*:1\.0' has sha256"):
        fetch_jars(tmp_path / "cache", lock_file=lock_file, fetcher=Repository(content=b"evil"))

    assert list((tmp_path / "cache").iterdir()) == []


def test_a_fetch_that_fails_once_is_tried_again(tmp_path: Path, lock_file: Path):
    """One lost connection among 46 downloads is no reason to give up."""
    assert fetch_jars(tmp_path / "c", lock_file=lock_file, fetcher=Repository(failures=1)).is_dir()


def test_without_a_network_nothing_stays_behind(tmp_path: Path, lock_file: Path):
    """The error says what is needed; the next start begins afresh."""
    with pytest.raises(DownloadFailed, match=r"'thing-1.0' .*no route to host.*Maven Central"):
        fetch_jars(tmp_path / "cache", lock_file=lock_file, fetcher=Repository(failures=99))

    assert list((tmp_path / "cache").iterdir()) == []


def test_the_lock_file_names_each_jar_with_its_digest():
    """A bump of Kafka is a new lock file and nothing else."""
    jars = read_lock(next(Path(fetch_jars.__code__.co_filename).parent.glob("kafka-*.lock")))

    assert len(jars) > 40
    assert all(len(jar.sha256) == 64 and jar.coordinate.count(":") == 2 for jar in jars)


def a_java(folder: Path, version: str) -> Path:
    """A program that calls itself a Java of that version."""
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    path.chmod(0o755)
    return path


def test_the_first_java_that_is_new_enough_is_taken(tmp_path: Path):
    """JAVA_HOME before the PATH before the wheel, each only if Kafka runs on it."""
    old, new = a_java(tmp_path / "old", "1.8.0_412"), a_java(tmp_path / "new", "21.0.2")

    found = find_java(java_home=old.parent.parent, search_path=str(new.parent))

    assert found == new
    assert (java_version(old), java_version(new)) == (8, 21)


def test_without_a_java_each_one_looked_at_is_named(tmp_path: Path):
    """Somebody who has a Java sees why it will not do."""
    old = a_java(tmp_path / "old", "11.0.1")

    with pytest.raises(JavaNotFound, match=r"old/bin/java' is Java 11; .*backstory\[embedded\]"):
        find_java(java_home=None, search_path=str(old.parent), bundled=tmp_path / "none")


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path):
    """A server that finds the disk full half-way leaves more to clean up."""
    with pytest.raises(DiskFull, match="MB free, about 1099511627776 MB needed"):
        require_room(tmp_path / "not" / "there", 2**60)


def in_namespace(*options: str) -> list[str]:
    """The start of a command in namespaces of its own; skips where the system forbids that."""
    prefix = ["unshare", *options] if os.geteuid() == 0 else ["unshare", "-r", *options]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("this system allows no namespaces")
    return prefix


def run(command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=60
    )


def test_up_without_a_network_says_what_the_first_start_needs(tmp_path: Path):
    """The real command with the real fetcher on a machine without a network."""
    offline = in_namespace("-n")

    done = run(
        [*offline, *BACKSTORY, "up"],
        BACKSTORY_HOME=str(tmp_path / "home"),
        BACKSTORY_CACHE=str(tmp_path / "cache"),
    )

    assert done.returncode == 1
    assert "could not download 'kafka-4.1.1'" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "cache").iterdir()) == []


def test_up_on_a_full_disk_says_so(tmp_path: Path):
    """The real command on a file system of 8 MB."""
    small = in_namespace("--mount")
    script = 'mount -t tmpfs -o size=8m small "$0" && exec "$@"'

    done = run(
        [*small, "sh", "-c", script, str(tmp_path), *BACKSTORY, "up"],
        BACKSTORY_HOME=str(tmp_path / "home"),
    )

    assert done.returncode == 1
    assert "the disk of" in done.stderr
    assert "is full: 7 MB free" in done.stderr or "is full: 8 MB free" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_postgres_runs_below_a_home_of_mode_700(servers_folder: Path):
    """Root's own projects are where nobody else can go."""
    (servers_folder / "root").mkdir(mode=0o700)
    postgres = EmbeddedPostgres(servers_folder / "root" / "project", postgres_programs)

    postgres.start()

    with psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert ordinary_account([postgres.folder]).prefix[0] in ("unshare", "setpriv")
    postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_postgres_data_is_found_again_after_its_folder_was_closed_to_others(servers_folder: Path):
    """A chmod of the project's folder changes the account, not the data."""
    folder = servers_folder / "closing"
    folder.mkdir()
    postgres = EmbeddedPostgres(folder / "postgres", postgres_programs)
    postgres.start()
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop()

    for mode in (0o700, 0o755):
        folder.chmod(mode)
        again = EmbeddedPostgres(folder / "postgres", postgres_programs)
        again.start()
        with psycopg.connect(again.url()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        again.stop()


def test_cluster_id_is_never_taken_for_an_option():
    """One in 64 began with a dash, and that first start failed."""
    assert not any(new_cluster_id().startswith("-") for _ in range(5_000))
