"""What a request writes, of whatever table, also when it is rolled back."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections, transaction

from schemas import ConfigurationError

from ..databases import captured_aliases, statement_for


@contextmanager
def taken_back() -> Iterator[list[str]]:
    """Take back what is done inside, and name the tables that were written to, at the end.

    PostgreSQL counts; sessions, and what this package itself records, are no writes here.

    Raises:
        ConfigurationError: there is no PostgreSQL to ask.
    """
    aliases = captured_aliases()
    if not aliases:
        raise ConfigurationError(["no database is PostgreSQL: run these tests on one"])
    tables: list[str] = []
    with ExitStack() as stack:
        for alias in aliases:
            stack.enter_context(transaction.atomic(alias))
        before = {alias: _written(alias) for alias in aliases}
        yield tables
        for alias in aliases:
            now = _written(alias)
            tables += [name for name, count in now.items() if count > before[alias].get(name, 0)]
            transaction.set_rollback(True, alias)


def _written(alias: str) -> dict[str, int]:
    """Return how many rows this transaction has written so far, by table."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(statement_for(connection, "rows_written"))
        return dict(cursor.fetchall())
