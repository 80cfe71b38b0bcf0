"""Lets a query of ours fail in the middle of somebody's transaction."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections, transaction


@contextmanager
def unbroken_transactions() -> Iterator[None]:
    """Keep what goes wrong inside from breaking the transactions that are open around it.

    PostgreSQL refuses every statement after one that failed, up to the last savepoint. Costs two
    round trips for each open transaction, and nothing where there is none.
    """
    with ExitStack() as stack:
        for connection in connections.all(initialized_only=True):
            if connection.in_atomic_block and not connection.needs_rollback:
                stack.enter_context(transaction.atomic(connection.alias))
        yield
