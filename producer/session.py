"""The relay's session in the application's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.numeric import Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

from .errors import OutboxUnavailable
from .statements import statement

Connection = psycopg.Connection[tuple[Any, ...]]


def connect(url: str, *, schema: str, lease_s: float) -> Connection:
    """Open a session that ends by itself when it was not used for ``lease_s`` seconds.

    It has to be a direct one: through a transaction pooler neither the lock nor the settings hold.
    Our tables come first in its search path; JSON columns arrive as bytes, xids as numbers.
    """
    connection = psycopg.connect(
        url,
        autocommit=True,
        application_name="backstory relay",
        connect_timeout=max(2, int(lease_s)),
        tcp_user_timeout=int(lease_s * 1000),
        keepalives_idle=max(1, int(lease_s)),
    )
    types = connection.adapters.types
    connection.adapters.register_loader(types["json"].oid, ByteaBinaryLoader)
    connection.adapters.register_loader(types["xid8"].oid, Int8BinaryLoader)
    settings = {
        "schema": schema,
        "lease_ms": str(int(lease_s * 1000)),
        "lease_s": str(max(1, int(lease_s))),
    }
    connection.execute(statement("session"), settings)
    return connection


@contextmanager
def translated(connection: Connection | None) -> Iterator[None]:
    """Turn what psycopg raises into OutboxUnavailable, and let go of the session."""
    try:
        yield
    except psycopg.Error as error:
        if connection is not None:
            connection.close()
        raise OutboxUnavailable(f"the outbox is unavailable: {str(error).strip()}") from error
