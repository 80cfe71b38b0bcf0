"""The demo's SQL, one statement a file."""

from functools import cache
from pathlib import Path

from psycopg import sql

_FOLDER = Path(__file__).with_name("sql")


@cache
def statement(name: str) -> sql.SQL:
    """The statement in ``sql/NAME.sql``; names in braces are filled in with ``format``."""
    return sql.SQL((_FOLDER / f"{name}.sql").read_text())
