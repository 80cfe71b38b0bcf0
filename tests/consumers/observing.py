"""What a test sees of a history, on connections of its own."""

from typing import Any
from uuid import UUID

import psycopg


def rows(url: str, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """What a query says; nothing for a command."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query, parameters or None)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def kept_ids(url: str) -> list[UUID]:
    """The ids in the history, one for each row."""
    return [row[0] for row in rows(url, "SELECT id FROM history.events")]
