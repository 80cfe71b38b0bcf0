"""A gate at COMMIT: whoever wrote to a table stands there, done and not yet committed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from infra.waiting import wait_until

_WAITING = """
    SELECT l.pid FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()
        AND l.objid = %s::regclass::oid
"""


class Gate:
    """A closed gate."""

    def __init__(self, connection: psycopg.Connection[Any], table: str) -> None:
        self._connection = connection
        self._table = table

    def await_somebody(self) -> None:
        """Return when somebody stands before it."""
        assert wait_until(lambda: bool(self._waiting()), timeout_s=20), f"nobody at {self._table}"

    def turn_back(self) -> None:
        """End the sessions that stand before it: their transactions never were."""
        waiting = self._waiting()
        for pid in waiting:
            self._connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert waiting, f"nobody is left at {self._table}"

    def _waiting(self) -> list[int]:
        return [row[0] for row in self._connection.execute(_WAITING, [self._table])]


@contextmanager
def closed_gate(url: str, table: str) -> Iterator[Gate]:
    """Keep a table's gate closed; in the end all who stand there are let through.

    The server may die meanwhile.
    """
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("SELECT pg_advisory_lock(%s::regclass::bigint)", [table])
        yield Gate(connection, table)
