"""Tables that an older version made get what they lack, and keep what they hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from producer import create_tables
from producer.tables import ADDED_COLUMNS


def columns(connection: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    """Return table, name, type, NOT NULL and default of every column of ours."""
    found = connection.execute(
        "SELECT attrelid::regclass::text, attname, atttypid::regtype::text, attnotnull,"
        " pg_get_expr(adbin, adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
        " LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum"
        " WHERE relname LIKE 'backstory%' AND relkind IN ('r', 'p') AND attnum > 0"
        " AND NOT attisdropped"
    )
    return {*found.fetchall()}


def make_older(connection: psycopg.Connection[Any]) -> None:
    """Take away what later versions added, of a database with a row that waits."""
    connection.execute("INSERT INTO backstory_outbox (kind, name) VALUES ('truncate', 'a.B')")
    connection.execute(
        "INSERT INTO backstory_model (label, table_name, key, columns) VALUES ('a.B', 'b', '{id}',"
        " '{}')"
    )
    for added in ADDED_COLUMNS:
        table, _, column = added.partition(".")
        change = "ALTER {} DROP DEFAULT" if column == "context" else "DROP COLUMN {}"
        connection.execute(f"ALTER TABLE {table} {change.format(column)}")
    connection.execute("DROP TABLE backstory_function")


def test_tables_of_the_first_version_become_those_of_today(database: str, app_url: str) -> None:
    """A column that is added to a table and not to the list of those to add is found here."""
    with psycopg.connect(app_url) as connection:
        today = columns(connection)
    with psycopg.connect(database) as connection:
        connection.execute(Path(__file__).with_name("first_tables.sql").read_text())
        create_tables(connection)
        assert columns(connection) == today


def test_older_tables_become_those_of_today_and_keep_their_rows(app_url: str) -> None:
    """Whatever the version was: each column that was ever added is looked for by itself."""
    with psycopg.connect(app_url, autocommit=True) as connection:
        today = columns(connection)
        make_older(connection)
        assert len(today - columns(connection)) >= len(ADDED_COLUMNS)

        create_tables(connection)
        create_tables(connection)

        assert columns(connection) == today
        rows = connection.execute("SELECT kind, name FROM backstory_outbox").fetchall()
        assert rows == [("truncate", "a.B")]
        known = connection.execute("SELECT triggers, retired FROM backstory_model").fetchall()
        assert ({}, False) in known


def test_writers_are_not_kept_waiting_by_an_upgrade(app_url: str) -> None:
    """ALTER TABLE behind an open transaction would stop all that come after it: it gives up."""
    with (
        psycopg.connect(app_url, autocommit=True) as connection,
        psycopg.connect(app_url) as writer,
    ):
        make_older(connection)
        older = columns(connection)
        writer.execute("INSERT INTO backstory_outbox (kind, name) VALUES ('truncate', 'a.B')")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            create_tables(connection)
        assert columns(connection) == older
        writer.rollback()
        create_tables(connection)
        assert columns(connection) != older


def test_an_upgrade_inside_a_transaction_leaves_its_lock_time_out_alone(app_url: str) -> None:
    """It is part of the caller's, who may have set another one."""
    with psycopg.connect(app_url) as connection:
        make_older(connection)
        connection.execute("SET LOCAL lock_timeout = '7s'")
        create_tables(connection)
        assert connection.execute("SHOW lock_timeout").fetchone() == ("7s",)
