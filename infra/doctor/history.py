"""The history: insert-only three times over, with room for what comes."""

from collections.abc import Iterator
from typing import Any

import psycopg

from ..databases import one_row, statement
from .finding import Finding, error, warning
from .postgres import check_server, check_tables

_MIGRATE = "run `backstory migrate`"
_GUARDS = ("refuse_row_change", "refuse_truncate")


def check_history(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Look at guards, grants, the writer's role, partitions and dead letters."""
    try:
        yield from _check_guards(connection)
        yield from _check_room(connection)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        yield error("history", "the history database has no history.events", _MIGRATE)
        return
    yield from check_server(connection, "history")
    yield from check_tables(connection, ["history.events"], triggers=_GUARDS)
    yield from _check_roles(connection)


def _check_guards(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    for path, name, enabled, as_made in connection.execute(statement("history_guards"), ()):
        guard = f"the guard {name!r} of {path!r}"
        if enabled is None:
            yield error("guard", f"{guard} is missing: history can be changed", _MIGRATE)
        elif enabled != "A":
            yield error("guard", f"{guard} is not always enabled: history can be changed", _MIGRATE)
        elif not as_made:
            fix = f"DROP TRIGGER {name} ON {path}, then {_MIGRATE}"
            yield error("guard", f"{guard} or its function was altered", fix)


def _check_roles(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    for path, role, rights in connection.execute(statement("history_grants"), ()):
        yield error(
            "roles",
            f"role {role} has {rights} on {path!r}",
            f"REVOKE {rights} ON {path} FROM {role}",
        )
    writer = connection.execute(statement("history_writer"), ()).fetchone()
    if writer is None:
        yield error("roles", "the role backstory_writer does not exist", _MIGRATE)
        return
    is_member, is_superuser, is_owner = writer
    if not is_member:
        user = connection.info.user
        yield error(
            "roles",
            f"role {user!r} of BACKSTORY_HISTORY_URL may not act as backstory_writer",
            f"GRANT backstory_writer TO {user}",
        )
    if is_superuser or is_owner:
        yield error(
            "roles",
            "backstory_writer is a superuser or owns the history: its limits do not hold",
            "ALTER ROLE backstory_writer NOSUPERUSER, and REVOKE the owner's role from it",
        )


def _check_room(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    months, strays, dead = one_row(connection, statement("history_room"))
    if months < 2:
        yield error("partitions", f"only {months} monthly partitions lie ahead", _MIGRATE)
    if strays:
        yield error(
            "partitions",
            "events lie in history.events_default: their months can no longer be made, and they "
            "are slow to find",
            "look at their ids and occurred_at for a wrong clock; move them while writers are "
            f"stopped, then {_MIGRATE}",
        )
    if dead:
        yield warning(
            "dead letters",
            f"{dead} records could not be used, and nobody has dealt with them",
            "`backstory dead list` names each reason; retry them, or drop them with a reason",
        )
