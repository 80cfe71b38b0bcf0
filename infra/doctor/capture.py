"""Whether every change of a tracked table reaches the outbox."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from ..databases import statement
from .finding import Finding, error, warning

_INSTALL = "run `manage.py backstory_install`"
_OBSTACLES = {
    "inheritance": (
        "tables inherit from it, and its triggers do not see their rows",
        "make the children partitions, or tables of their own that are tracked themselves",
    ),
    "deferrable key": (
        "its primary key is checked late, so that two rows can have one identity meanwhile",
        "make the primary key NOT DEFERRABLE",
    ),
    "subscription": (
        "a logical-replication subscription writes into it, and statement triggers do not see that",
        "capture the changes where they are made, and leave this table out of the subscription",
    ),
}


def check_capture(connection: psycopg.Connection[Any], schema: str) -> Iterator[Finding]:
    """Look at each tracked table, its partitions, its triggers and their functions."""
    names = {"schema": sql.Identifier(schema), "schema_text": sql.Literal(f'"{schema}"')}
    triggers = connection.execute(statement("capture_triggers").format(**names), ()).fetchall()
    if not triggers:
        yield warning("capture", "no model is tracked: nothing will be recorded", _INSTALL)
    for label, path, operation, *found in triggers:
        if path is None:
            if operation == "insert":
                yield _missing_table(label)
        else:
            yield from _check_trigger(f"table {path!r} ({label})", operation, *found)
    for label, obstacle in connection.execute(
        statement("capture_obstacles").format(**names), ()
    ).fetchall():
        problem, fix = _OBSTACLES[obstacle]
        yield error("capture", f"{label!r} cannot be captured: {problem}", fix)


def _missing_table(label: str) -> Finding:
    return warning(
        "capture",
        f"the table of {label!r} does not exist",
        f"run `manage.py migrate`; if the model is gone, {_INSTALL} and delete its row in "
        "backstory_model",
    )


def _check_trigger(
    table: str,
    operation: str,
    enabled: str | None,
    as_made: bool | None,
    ours: bool | None,
    may_insert: bool | None,
) -> Iterator[Finding]:
    trigger = f"the trigger for {operation.upper()} on {table}"
    if enabled is None:
        yield error("trigger", f"{trigger} is missing: such changes are not recorded", _INSTALL)
    elif enabled != "A":
        how = "is disabled" if enabled == "D" else "does not fire in every session"
        yield error("trigger", f"{trigger} {how} (tgenabled {enabled!r}, not 'A')", _INSTALL)
    elif not (as_made and ours):
        yield error("trigger", f"{trigger} or its function was altered", _INSTALL)
    elif not may_insert:
        yield error(
            "trigger",
            f"{trigger} runs as a role that may not insert into backstory_outbox: writes fail",
            "GRANT INSERT ON backstory_outbox and USAGE ON SEQUENCE backstory_outbox_seq to the "
            "owner of the trigger's function",
        )
