"""The fresh table made whole: what is repeated removed, indexes, guards, statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from psycopg import errors

from .session import Connection, Session
from .sql import statement

_ATTEMPTS: Final = 4

Tell = Callable[[str], None]


def build(session: Session, tell: Tell) -> None:
    """Build what is not built yet, a partition a transaction; safe to run again at any time."""
    for leaf in leaves(session):
        tell(f"indexes of {leaf}")
        with session.transaction() as connection:
            _build_leaf(connection, leaf)
    tell("guards and statistics")
    with session.transaction() as connection:
        connection.execute(statement("make_indexes"), ("events",))
        connection.execute(statement("make_guards"))
        connection.execute(statement("analyze"))
        connection.execute(statement("note_indexed"))


def leaves(session: Session) -> list[str]:
    """The names of the partitions."""
    with session.working() as connection:
        return [name for (name,) in connection.execute(statement("leaves"))]


def _build_leaf(connection: Connection, leaf: str) -> None:
    """Try; what the live history would have left out shows as the failure of an index."""
    building = "make_indexes"
    for attempt in range(_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(statement(building), (leaf,))
                return
        except errors.UniqueViolation:
            if attempt == _ATTEMPTS - 1:
                raise
            connection.execute(statement("drop_repeated"), (leaf,))
        except errors.ProgramLimitExceeded:
            if attempt == _ATTEMPTS - 1:
                raise
            building = "make_indexes_of_long"
