"""The one connection on which a replay works: claimed, reopened when it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import psycopg
from psycopg import errors
from psycopg.types.string import BytesBinaryDumper

from ..history.failures import translated
from .errors import ReplayBusy
from .sql import statement

Connection = psycopg.Connection[Any]

NAME: Final = "replay"
_CONNECT: Final[dict[str, Any]] = {
    "application_name": "backstory.replay",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class Session:
    """Connects as the history's owner when first needed; no other process may then replay."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """What is not committed never was; the claim ends."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, or a savepoint inside the one that is open.

        Raises SinkUnavailable, SinkRefused or ReplayBusy.
        """
        with self.working() as connection, connection.transaction():
            yield connection

    @contextmanager
    def working(self) -> Iterator[Connection]:
        """The connection; foreign errors become ours, and what breaks it lets it be opened anew."""
        connection = self._connection()
        try:
            yield connection
        except psycopg.Error as error:
            if connection.broken:
                self.close()
            raise translated(NAME, error) from error

    def _connection(self) -> Connection:
        if self._open is None or self._open.closed:
            try:
                self._open = self._connected()
            except psycopg.Error as error:
                raise translated(NAME, error) from error
        return self._open

    def _connected(self) -> Connection:
        connection = psycopg.connect(self._url, autocommit=True, **_CONNECT)
        try:
            connection.execute(statement("open_session"))
            _claim(connection)
        except BaseException:
            connection.close()
            raise
        # The last one registered is taken for bytea; this one is compiled, the default is not.
        connection.adapters.register_dumper(bytes, BytesBinaryDumper)
        return connection


def _claim(connection: Connection) -> None:
    try:
        connection.execute(statement("claim"))
    except errors.LockNotAvailable as error:
        row = connection.execute(statement("claimed_by")).fetchone()
        raise ReplayBusy(*(row or (None, None))) from error
