"""The servers of one project: started, found again, stopped, forgotten."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..databases import ensure_database
from ..errors import HomeBusy
from ..settings import ServerSettings
from ..waiting import wait_until
from .jars import Progress, fetch_jars
from .java import find_java
from .kafka_server import EmbeddedKafka, KafkaRuntime
from .postgres_server import EmbeddedPostgres, postgres_programs

APP_DATABASE = "app"
HISTORY_DATABASE = "history"

Report = Callable[[str], None]


class Home:
    """One Kafka and one PostgreSQL with their data in one folder."""

    def __init__(
        self,
        settings: ServerSettings,
        *,
        progress: Progress = lambda done, total: None,
        kafka_config: Mapping[str, str] | None = None,
        postgres_settings: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is started. ``progress`` hears of each downloaded jar (done, total)."""
        self.folder = settings.home.absolute()
        self._settings = settings
        self._progress = progress
        self.kafka = EmbeddedKafka(
            self.folder / "kafka", self.kafka_runtime, port=settings.kafka_port, config=kafka_config
        )
        self.postgres = EmbeddedPostgres(
            self.folder / "postgres",
            lambda: postgres_programs(settings.postgres_bin),
            port=settings.postgres_port,
            settings=postgres_settings,
        )

    def up(self, report: Report = lambda step: None) -> None:
        """Start what does not run, and make the two databases. Doing it again changes nothing.

        Raises what the servers' ``start`` raises, or HomeBusy.
        """
        with self.locked():
            report("Kafka")
            self.kafka.launch()
            report("PostgreSQL")
            self.postgres.start()
            for database in (APP_DATABASE, HISTORY_DATABASE):
                ensure_database(self.postgres.url(), database)
            report("waiting for Kafka")
            self.kafka.start()

    def down(self) -> None:
        """Stop both servers. Their data stays. Doing it again changes nothing."""
        with self.locked():
            self.postgres.stop()
            self.kafka.stop()

    def reset(self) -> None:
        """Stop both servers and delete their data."""
        with self.locked():
            for server in (self.postgres, self.kafka):
                server.kill()
                shutil.rmtree(server.folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """The ``BACKSTORY_*`` variables of the servers that run now."""
        variables = {}
        if self.kafka.running():
            variables["BACKSTORY_KAFKA"] = self.kafka.bootstrap_servers
        if self.postgres.running():
            variables["BACKSTORY_APP_URL"] = self.postgres.url(APP_DATABASE)
            variables["BACKSTORY_HISTORY_URL"] = self.postgres.url(HISTORY_DATABASE)
        return variables

    def kafka_runtime(self) -> KafkaRuntime:
        """The Java and the jars to run Kafka with; the jars are fetched where missing."""
        java = find_java(java_home=self._settings.java_home, search_path=self._settings.search_path)
        mirror = self._settings.maven_mirror
        jars = fetch_jars(self._settings.cache, mirror=mirror, progress=self._progress)
        return KafkaRuntime(java=java, jars=jars)

    @contextmanager
    def locked(self, *, timeout_s: float = 90) -> Iterator[None]:
        """Keep other commands from starting or stopping these servers meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _keep_out_of_git(self.folder)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not wait_until(lambda: _take(descriptor), timeout_s=timeout_s, sleep=time.sleep):
                raise HomeBusy(self.folder)
            yield
        finally:
            os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _keep_out_of_git(folder: Path) -> None:
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
