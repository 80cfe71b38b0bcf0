"""Puts the context in front of the statements that Django sends to PostgreSQL."""

import re
from collections.abc import Callable
from typing import Any, Final

from django.db import IntegrityError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from .driver import can_prefix, prefixed
from .reasons import as_reason_required, with_reason_of_tests
from .scope import Scope, current_scope

# What writes nothing, as long as it is alone. SELECT can call functions that write, but not as
# the ORM puts it.
_HARMLESS: Final = re.compile(
    r"""\s*(?:SELECT\s+(?:DISTINCT\b|COUNT\(|1\s+AS\b|\(1\)|")|EXPLAIN\b(?!.*\bANALY[SZ]E\b)|SAVEPOINT|RELEASE
    |ROLLBACK|COMMIT|BEGIN|SET\b(?!\s+CONSTRAINTS\b)|SHOW|RESET|FETCH|CLOSE|LISTEN|UNLISTEN|NOTIFY|LOCK|DISCARD|START
    |VACUUM|ANALYZE)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")


class ContextComment:
    """The execute wrapper that does it."""

    def __call__(
        self,
        execute: Callable[..., Any],
        statement: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Execute the statement with the context in front, where it may write.

        Raises:
            ReasonRequired: the model demands a reason, and the context has none.
        """
        scope, comment, cursor = current_scope(), b"", context["cursor"].cursor
        if isinstance(statement, str) and not statement.startswith(_WRITES):
            if _is_harmless(statement):
                return execute(statement, params, many, context)
            scope = with_reason_of_tests(scope, statement)
        if can_prefix(cursor):
            comment = scope.comment_bytes()
        else:
            statement = _commented(scope, statement, params)
        if comment:
            cursor._query_cls = prefixed(comment)
        try:
            return execute(statement, params, many, context)
        except IntegrityError as error:
            missing = as_reason_required(error)
            if missing is None:
                raise
            raise missing from error
        finally:
            if comment:
                del cursor._query_cls


def with_context(statement: Any, params: Any = None) -> Any:
    """Return a statement with the current context in front, unless it cannot write.

    Django's own execute, executemany and ORM do this by themselves. For what goes past them::

        with connection.cursor() as cursor:
            with cursor.copy(with_context("COPY app_row FROM STDIN")) as copy:
                ...

    ``params`` is what will be passed beside it: percent signs are doubled unless it is None. Text,
    bytes and composed SQL objects come back as what they were.
    """
    if isinstance(statement, str) and not statement.startswith(_WRITES) and _is_harmless(statement):
        return statement
    return _commented(current_scope(), statement, params)


def _commented(scope: Scope, statement: Any, params: Any) -> Any:
    comment = scope.comment(doubled=params is not None)
    if not comment:
        return statement
    if isinstance(statement, str):
        return comment + statement
    if isinstance(statement, bytes):
        return comment.encode() + statement
    if isinstance(statement, sql.Composable):
        return sql.Composed([sql.SQL(comment), statement])
    return statement


def _is_harmless(text: str) -> bool:
    return _HARMLESS.match(text) is not None and ";" not in text


_wrapper: Final = ContextComment()


def wrap_connection(connection: BaseDatabaseWrapper) -> None:
    """Put the wrapper on a PostgreSQL connection, once however often it reconnects."""
    if connection.vendor == "postgresql" and _wrapper not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wrapper)


def wrap_new_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receive ``connection_created``."""
    wrap_connection(connection)


def wrap_open_connections() -> None:
    """Wrap the connections that were made before the app was ready."""
    for connection in connections.all(initialized_only=True):
        wrap_connection(connection)
