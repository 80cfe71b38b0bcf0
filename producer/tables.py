"""The relay's tables in the application's database.

Whoever writes tracked tables needs no right on these tables: the triggers run as their owner. A
role that records events of its own (``record()``) needs, beside ``USAGE`` on the schema::

    GRANT INSERT ON backstory_outbox TO app;
    GRANT USAGE ON SEQUENCE backstory_outbox_seq TO app;
    GRANT SELECT ON SEQUENCE backstory_outbox_slot TO app;

The relay's role owns the tables or is a member of the role that does (it truncates slots).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from .schema import Cursor, in_schema
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
    "backstory_function",
    "backstory_deletion",
    "backstory_severed",
    "backstory_hold",
)
# What tables made by an older version lack: columns, and what their defaults must hold; each has
# its ``add_*.sql``.
ADDED_COLUMNS = {
    "backstory_outbox.first_xid": "",
    "backstory_outbox.depth": "pg_trigger_depth",
    "backstory_outbox.context": "*/commit",
    "backstory_source.database_oid": "",
    "backstory_model.triggers": "",
    "backstory_model.retired": "",
}


def create_tables(connection: psycopg.Connection[Any], schema: str = "public") -> None:
    """Create what is missing of the relay's tables in ``schema``, in one short transaction.

    Tables of an older version get the columns and defaults they lack; nothing is ever removed. Safe
    to run again and by several at once. What is as it should be is not touched and not locked, so a
    run over a live system costs two queries. Inside a transaction of the caller it becomes part of
    it.

    Raises:
        psycopg.errors.LockNotAvailable: an older table was in use for over two seconds: writers
            are not made to wait longer; nothing was changed, so run it again.
    """
    with in_schema(connection, schema) as cursor:
        cursor.execute(statement("lock_creation"))
        missing = cursor.execute(statement("missing_tables"), [list(TABLES)]).fetchall()
        for (name,) in missing:
            cursor.execute(statement(name.replace("backstory_", "create_", 1)))
        added = [list(ADDED_COLUMNS), list(ADDED_COLUMNS.values())]
        lacking = cursor.execute(statement("missing_columns"), added).fetchall()
        if lacking:
            _add(cursor, [name for (name,) in lacking])


def _add(cursor: Cursor, columns: Sequence[str]) -> None:
    """Add columns (table.column), or their defaults; the lock time-out is put back."""
    before = cursor.execute("SELECT current_setting('lock_timeout')").fetchone()
    cursor.execute(statement("limit_lock_wait"), ["2s"])
    for name in columns:
        cursor.execute(statement(name.replace("backstory_", "add_", 1).replace(".", "_")))
    cursor.execute(statement("limit_lock_wait"), before)
