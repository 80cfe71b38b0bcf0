"""Whether every change of a tracked table reaches the outbox."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import sql

from producer import able_to_disable, replica_settings

from ..databases import statement
from .finding import Finding, error, warning

_INSTALL = "run `manage.py backstory_install`"
_PURPOSES = {
    "reason": ("the trigger that demands reasons", "need no reason"),
    "guard": ("the trigger that guards rows", "remove or void rows by accident"),
    "live": ("the trigger that looks at foreign keys", "may refer to void rows"),
}
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
    "parent": (
        "rows can be written through a parent table that is not tracked, and its triggers do not "
        "see that",
        "track the parent instead, or make it a table of its own",
    ),
    "view": (
        "it is a view or a foreign table, without triggers that see rows",
        "track the table behind it",
    ),
}


def check_capture(connection: psycopg.Connection[Any], schema: str) -> Iterator[Finding]:
    """Look at each tracked table, its partitions, its triggers and their functions."""
    names = {"schema": sql.Identifier(schema), "schema_text": sql.Literal(f'"{schema}"')}

    def ask(question: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement(question).format(**names), ()).fetchall()

    try:
        triggers = ask("capture_triggers")
        functions = ask("capture_functions")
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        yield error("capture", "the tables are of an older version than this doctor", _INSTALL)
        return
    obstacles = ask("capture_obstacles")
    if not triggers:
        yield warning("capture", "no model is tracked: nothing will be recorded", _INSTALL)
    views = {label for label, obstacle in obstacles if obstacle == "view"}
    for label, path, name, *found in triggers:
        if path is None:
            if name == "backstory_insert":
                yield _missing_table(label)
        elif label not in views:
            yield from _check_trigger(f"table {path!r} ({label})", name, *found)
    for name, is_missing in functions:
        how = "is missing" if is_missing else "was altered"
        yield error("function", f"the function {name!r} {how}", _INSTALL)
    for label, obstacle in obstacles:
        problem, fix = _OBSTACLES[obstacle]
        yield error("capture", f"{label!r} cannot be captured: {problem}", fix)


def check_roles(connection: psycopg.Connection[Any], roles: Sequence[str]) -> Iterator[Finding]:
    """Look at who can switch capture off, and whose sessions begin without foreign keys.

    Args:
        roles: those as which the application works.
    """
    for role in able_to_disable(connection, roles):
        yield warning(
            "roles",
            f"role {role!r}, as which the application works, may switch capture off",
            "let a role of its own own the tables and run migrations, give the application's only "
            "the rights to read and write rows, and name that one in BACKSTORY['believed_roles']",
        )
    for whose, fix in replica_settings(connection):
        yield warning(
            "roles",
            f"sessions of {whose} begin with session_replication_role set: foreign keys and "
            "triggers other than ours do not fire there",
            fix,
        )


def _missing_table(label: str) -> Finding:
    return warning(
        "capture",
        f"the table of {label!r} does not exist",
        f"run `manage.py migrate`; if the model is gone, {_INSTALL}",
    )


def _check_trigger(
    table: str,
    name: str,
    enabled: str | None,
    as_made: bool | None,
    may_insert: bool | None,
) -> Iterator[Finding]:
    purpose, _, operation = name.removeprefix("backstory_").rpartition("_")
    what, lost = _PURPOSES.get(purpose, ("the trigger", "are not recorded"))
    trigger = f"{what} for {operation.upper()} on {table}"
    if enabled is None:
        yield error("trigger", f"{trigger} is missing: such changes {lost}", _INSTALL)
    elif enabled != "A":
        how = "is disabled" if enabled == "D" else "does not fire in every session"
        yield error("trigger", f"{trigger} {how} (tgenabled {enabled!r}, not 'A')", _INSTALL)
    elif not as_made:
        yield error("trigger", f"{trigger} was altered", _INSTALL)
    elif not may_insert and purpose not in _PURPOSES:
        yield error(
            "trigger",
            f"{trigger} runs as a role that may not insert into backstory_outbox: writes fail",
            "GRANT INSERT ON backstory_outbox and USAGE ON SEQUENCE backstory_outbox_seq to the "
            "owner of the trigger's function",
        )
