"""Real servers for a test suite, as pytest fixtures (``pytest_plugins = ["infra.testing"]``).

    pytest --services=embedded      processes of this machine in a temporary folder (default)
    pytest --services=containers    throw-away containers, through testcontainers
    pytest --services=external      BACKSTORY_TEST_KAFKA and BACKSTORY_TEST_PG

A server starts when the first test asks for it, and ends with the run, however that ends.
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .databases import create_database, drop_database
from .embedded import EmbeddedKafka, EmbeddedPostgres, Home
from .kafka import admin, create_topic, delete_topic
from .services import KINDS, Services
from .services import services as choose_services
from .settings import ServerSettings

PARTITIONS = 6
_MEMORY_BYTES = 4 * 2**30

# Waits until the test run is gone, then removes what it left: servers by process id, and data.
_CLEANER = """
cat >/dev/null
[ -d "$1" ] || exit 0
find "$1" -name pid -exec sh -c 'kill -9 "$(cat "$0")"' {} \\;
sleep 0.2; rm -rf "$1"
"""


class Databases:
    """Databases of one server, made in milliseconds as copies of a template."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url
        self._templates: dict[str, str] = {}
        self._made: list[str] = []

    def create(self, *, template: str = "template1") -> str:
        """Make a database and return its URL."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._made.append(name)
        return create_database(self.server_url, name, template=template)

    def template(self, key: str, prepare: Callable[[str], None]) -> str:
        """The name of a template made once a run; ``prepare(url)`` leaves no connection open."""
        if key not in self._templates:
            url = self.create()
            prepare(url)
            self._templates[key] = url.rpartition("/")[2]
        return self._templates[key]

    def drop(self, url: str) -> None:
        """Drop a database with the sessions in it."""
        name = url.rpartition("/")[2]
        drop_database(self.server_url, name)
        self._made.remove(name)

    def drop_all(self) -> None:
        """Drop what is left."""
        for name in self._made:
            drop_database(self.server_url, name)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--services``."""
    group = parser.getgroup("backstory")
    group.addoption(
        "--services", choices=KINDS, default="embedded", help="the real servers tests run against"
    )


def _memory() -> Path | None:
    """A file system in memory with room enough, or None."""
    folder = Path("/dev/shm")  # noqa: S108
    is_there = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    return folder if is_there and shutil.disk_usage(folder).free > _MEMORY_BYTES else None


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A folder that is gone, with the servers in it, when the run is, even if the run is killed.

    Not below pytest's own temporary folder: that has mode 700, which PostgreSQL run by root as
    ``nobody`` could not reach. In memory where there is plenty: deleting the thousands of files of
    a run took up to 25 s on a busy disk.
    """
    with tempfile.TemporaryDirectory(
        prefix="backstory-", dir=_memory(), ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        folder.chmod(0o755)
        command = ["sh", "-c", _CLEANER, "sh", name]
        quiet = subprocess.DEVNULL
        cleaner = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
        )
        yield folder
    cleaner.communicate()


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Where the run's servers keep their data."""
    with passing_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest, servers_folder: Path) -> Iterator[Services]:
    """The run's servers: ``.kafka`` (bootstrap servers) and ``.postgres_url`` (a superuser's)."""
    kind: str = request.config.getoption("--services")
    chosen = choose_services(kind, servers_folder / "session", os.environ)
    yield chosen
    chosen.stop()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, services: Services) -> Iterator[Databases]:
    """Makes databases and templates on the run's server."""
    made = Databases(services.postgres_url)
    yield made
    if request.config.getoption("--services") == "external":
        made.drop_all()  # elsewhere they end with their server


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def topic(services: Services) -> Iterator[str]:
    """The name of an empty topic of the test's own, with 6 partitions."""
    client = admin(services.kafka)
    name = f"test.{uuid.uuid4().hex[:12]}"
    create_topic(client, name, partitions=PARTITIONS)
    yield name
    delete_topic(client, name)


@pytest.fixture
def private_home(servers_folder: Path) -> Iterator[Home]:
    """Servers for a test that kills them; start ``.kafka`` or ``.postgres``, none runs yet."""
    folder = servers_folder / f"private-{uuid.uuid4().hex[:8]}"
    home = Home(ServerSettings.from_env({**os.environ, "BACKSTORY_HOME": str(folder)}))
    yield home
    home.reset()


@pytest.fixture
def private_kafka(private_home: Home) -> EmbeddedKafka:
    """A started Kafka that a test may kill, freeze (``process.send``) and start again."""
    private_home.kafka.start()
    return private_home.kafka


@pytest.fixture
def private_postgres(private_home: Home) -> EmbeddedPostgres:
    """A started PostgreSQL that a test may kill, freeze and start again; fsync is on."""
    private_home.postgres.start()
    return private_home.postgres
