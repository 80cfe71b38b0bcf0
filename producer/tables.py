"""The relay's tables in the application's database.

Whoever writes tracked tables needs no right on these tables: the triggers run as their owner. A
role that records events of its own (``record()``) needs, beside ``USAGE`` on the schema::

    GRANT INSERT ON backstory_outbox TO app;
    GRANT USAGE ON SEQUENCE backstory_outbox_seq TO app;
    GRANT SELECT ON SEQUENCE backstory_outbox_slot TO app;

The relay's role owns the tables or is a member of the role that does (it truncates slots).
"""

from __future__ import annotations

from typing import Any

import psycopg

from .schema import in_schema
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
    with in_schema(connection, schema) as cursor:
        cursor.execute(statement("lock_creation"))
        missing = cursor.execute(statement("missing_tables"), [list(TABLES)]).fetchall()
        for (name,) in missing:
            cursor.execute(statement(name.replace("backstory_", "create_", 1)))
