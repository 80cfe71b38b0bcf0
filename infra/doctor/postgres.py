"""What holds for both databases: a row that was confirmed stays, and is what was written."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from ..databases import statement
from .finding import Finding, error

_DANGERS = {
    "unlogged": ("is unlogged: a crash empties it", "ALTER TABLE {table} SET LOGGED"),
    "row security": (
        "has row security: rows are hidden without an error",
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ),
    "rule": ("has a rule, which can swallow rows", "DROP RULE each rule ON {table}"),
    "trigger": (
        "has a trigger that is not ours, which can swallow or alter rows",
        "DROP TRIGGER it ON {table}",
    ),
}


def check_server(connection: psycopg.Connection[Any], which: str) -> Iterator[Finding]:
    """Look for a server that confirms what is not on its disk."""
    for name, _ in connection.execute(statement("server_settings")).fetchall():
        yield error(
            "durability",
            f"{name} is off on the server of the {which}: a crash of the machine loses or breaks "
            "rows that were committed",
            f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf()",
        )


def check_tables(
    connection: psycopg.Connection[Any], tables: Sequence[str], *, triggers: Sequence[str] = ()
) -> Iterator[Finding]:
    """Look for what makes these tables (and partitions) lose rows; ``triggers`` are ours."""
    given = {"tables": list(tables), "triggers": list(triggers)}
    for table, danger in connection.execute(statement("table_dangers"), given).fetchall():
        problem, fix = _DANGERS[danger]
        yield error("table", f"{table!r} {problem}", fix.format(table=table))
