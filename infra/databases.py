"""Making and dropping databases on a PostgreSQL server."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql

_SQL = Path(__file__).with_name("sql")


@cache
def statement(name: str) -> sql.SQL:
    """The statement in ``sql/NAME.sql``; names in braces are filled in with ``format``."""
    return sql.SQL((_SQL / f"{name}.sql").read_text())


def with_database(url: str, database: str) -> str:
    """The same server and account, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def answers(url: str) -> bool:
    """Whether the server takes a connection now."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(server_url: str, name: str) -> None:
    """Make an empty database if the server has none of that name."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        if connection.execute(statement("find_database"), {"name": name}).fetchone():
            return
        try:
            connection.execute(_creation(name, "template1"))
        except errors.DuplicateDatabase:
            return  # another process was faster


def create_database(server_url: str, name: str, *, template: str = "template1") -> str:
    """Make a database as a copy of a template nobody is connected to; return its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(_creation(name, template))
    return with_database(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    """Drop a database and end the sessions in it. Nothing happens if it is not there."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement("drop_database").format(name=sql.Identifier(name)))


def _creation(name: str, template: str) -> sql.Composed:
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    return statement("create_database").format(**names)
