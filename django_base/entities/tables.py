"""Refuses statements that touch the tables of entities where no entity is bound."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..context.scope import current_scope
from .bound import Unbound, current_state
from .errors import EntityNotBound
from .paths import EntityPath, entity_of

_NOT_NAMES: Final = re.compile(r"/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'", re.DOTALL)
_NAMES: Final = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_]\w*)')
_SHAPES: Final = re.compile(
    r"\s*(?:CREATE|ALTER|DROP|TRUNCATE|COMMENT|GRANT|REVOKE|SET|SAVEPOINT)\b", re.IGNORECASE
)


def guard_statement(
    execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute a statement, unless it touches an entity's table and none is bound.

    It is an execute wrapper: it sees what the ORM sends (``exists``, ``count``, joins, ``raw``) and
    what cursors of Django's execute; not what goes past them, such as psycopg's COPY, nor the
    tables behind a view or a function of the database. What shapes the database, and migrations,
    are let through.

    Raises:
        EntityNotBound: it does.
    """
    if isinstance(current_state(), Unbound) and current_scope().said.origin != "migration":
        touched = entity_tables_in(_as_text(statement))
        if touched:
            raise EntityNotBound(touched)
    return execute(statement, params, many, context)


@lru_cache(maxsize=1024)
def entity_tables_in(statement: str) -> tuple[str, ...]:
    """Return the tables of entities that a statement names, sorted.

    A column or an alias of the same name counts as the table: better refused than read.
    """
    if _SHAPES.match(statement):
        return ()
    found = _NAMES.findall(_NOT_NAMES.sub(" ", statement))
    names = {quoted or bare.lower() for quoted, bare in found}
    return tuple(sorted(names & entity_tables()))


@cache
def entity_tables() -> frozenset[str]:
    """Return the tables whose rows belong to entities, with those of their relations."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        owner: Any = model._meta.auto_created or model  # a table that Django made for a relation
        if isinstance(entity_of(owner), EntityPath):
            found.add(model._meta.db_table)
    return frozenset(found)


def guard_connection(connection: BaseDatabaseWrapper) -> None:
    """Put the guard on a connection, once."""
    if guard_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(guard_statement)


def guard_new_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receive ``connection_created``."""
    guard_connection(connection)


def guard_open_connections() -> None:
    """Guard the connections that were made before the app was ready."""
    for connection in connections.all(initialized_only=True):
        guard_connection(connection)


def _as_text(statement: Any) -> str:
    if isinstance(statement, bytes):
        return statement.decode(errors="replace")
    if hasattr(statement, "as_string"):  # psycopg's composed SQL
        return str(statement.as_string(None))
    return str(statement)
