"""Sessions that look into the schema of our tables first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

Cursor = psycopg.Cursor[tuple[Any, ...]]


@contextmanager
def in_schema(connection: psycopg.Connection[Any], schema: str) -> Iterator[Cursor]:
    """Run the block in a transaction whose search path is ``schema``, made when it is missing.

    Inside a transaction of the caller it becomes part of that one; the search path is put back.
    """
    with connection.transaction():
        cursor = psycopg.Cursor(connection, row_factory=tuple_row)
        if cursor.execute("SELECT to_regnamespace(%s)", [_quoted(schema)]).fetchone() == (None,):
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        before = cursor.execute("SELECT current_setting('search_path')").fetchone()
        cursor.execute("SELECT set_config('search_path', %s, true)", [_quoted(schema)])
        yield cursor
        cursor.execute("SELECT set_config('search_path', %s, true)", before)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
