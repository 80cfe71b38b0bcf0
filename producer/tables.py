"""The relay's tables in the application's database.

Whoever writes tracked tables needs no right on these tables: the triggers run as their owner. A
role that records events of its own (``record()``) needs, beside ``USAGE`` on the schema::

    GRANT INSERT ON backstory_outbox TO app;
    GRANT USAGE ON SEQUENCE backstory_outbox_seq TO app;
    GRANT SELECT ON SEQUENCE backstory_outbox_slot TO app;

The relay's role owns the tables or is a member of the role that does (it truncates slots).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from .statements import statement

TABLES = (
    "backstory_outbox_seq",
    "backstory_outbox_slot",
    "backstory_outbox",
    "backstory_model",
    "backstory_source",
    "backstory_relay",
    "backstory_window",
    "backstory_set_aside",
)


def create_tables(connection: psycopg.Connection[Any], schema: str = "public") -> None:
    """Create what is missing of the relay's tables in ``schema``, in one short transaction.

    Safe to run again and by several at once. What exists is not touched and not locked, so a run
    over a live system costs one query. Inside a transaction of the caller it becomes part of it.
    """
    with connection.transaction(), _search_path(connection, schema):
        cursor = psycopg.Cursor(connection, row_factory=tuple_row)
        cursor.execute(statement("lock_creation"))
        missing = cursor.execute(statement("missing_tables"), [list(TABLES)]).fetchall()
        for (name,) in missing:
            cursor.execute(statement(name.replace("backstory_", "create_", 1)))


@contextmanager
def _search_path(connection: psycopg.Connection[Any], schema: str) -> Iterator[None]:
    """Put ``schema`` (created when missing) at the head of the search path until the block ends."""
    cursor = psycopg.Cursor(connection, row_factory=tuple_row)
    exists = cursor.execute("SELECT to_regnamespace(%s)", [_quoted(schema)]).fetchone()
    if exists == (None,):
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    before = cursor.execute("SELECT current_setting('search_path')").fetchone()
    cursor.execute("SELECT set_config('search_path', %s, true)", [_quoted(schema)])
    yield
    cursor.execute("SELECT set_config('search_path', %s, true)", before)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
