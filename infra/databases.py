"""Making and dropping databases on a PostgreSQL server."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

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


def look_into(url: str) -> psycopg.Connection[Any]:
    """A connection for a few quick questions: what takes longer than 10 s is given up."""
    connection = psycopg.connect(
        url, autocommit=True, connect_timeout=5, application_name="backstory status"
    )
    connection.execute(statement("limit_time"))
    return connection


def one_row(connection: psycopg.Connection[Any], query: sql.SQL | sql.Composed) -> tuple[Any, ...]:
    """The row of a query that always has one."""
    row: tuple[Any, ...] | None = connection.execute(query).fetchone()
    assert row is not None
    return row


def address_of(url: str) -> str:
    """Host, port and database of a URL, without account and password."""
    known = conninfo_to_dict(url)
    host, port = known.get("host") or "localhost", known.get("port") or 5432
    return f"{host}:{port}/{known.get('dbname') or ''}"


def ensure_database(server_url: str, name: str) -> None:
    """Make an empty database if the server has none of that name."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        if connection.execute(statement("find_database"), {"name": name}).fetchone():
            return
        try:
            connection.execute(_creation(connection, name, "template1"))
        except errors.DuplicateDatabase:
            return  # another process was faster


def create_database(server_url: str, name: str, *, template: str = "template1") -> str:
    """Make a database as a copy of a template nobody is connected to; return its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(_creation(connection, name, template))
    return with_database(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    """Drop a database and end the sessions in it. Nothing happens if it is not there."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement("drop_database").format(name=sql.Identifier(name)))


def _creation(connection: psycopg.Connection[Any], name: str, template: str) -> sql.Composed:
    strategy = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
    return statement("create_database").format(
        name=sql.Identifier(name), template=sql.Identifier(template), strategy=sql.SQL(strategy)
    )
