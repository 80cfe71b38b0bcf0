"""The relay's tables."""

from __future__ import annotations

from threading import Thread

import psycopg
import pytest

from producer import create_tables
from producer.tables import TABLES


def relations(url: str, schema: str) -> set[str]:
    """Return the names of ours in a schema."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(%s))"
            " AND relname LIKE 'backstory%%'",
            [schema],
        )
        return {row[0] for row in found.fetchall()}


@pytest.mark.parametrize("schema", ["public", 'odd "schema"'])
def test_tables_are_created_once(database: str, schema: str) -> None:
    """In any schema; the search path of the session stays as it was."""
    with psycopg.connect(database) as connection:
        path = connection.execute("SHOW search_path").fetchone()
        create_tables(connection, schema)
        create_tables(connection, schema)
        assert connection.execute("SHOW search_path").fetchone() == path
    assert relations(database, schema) >= {*TABLES}


def test_several_create_them_at_once(database: str) -> None:
    """Deployments run migrations in parallel."""
    failures: list[Exception] = []

    def create() -> None:
        try:
            with psycopg.connect(database) as connection:
                create_tables(connection)
        except psycopg.Error as error:
            failures.append(error)

    threads = [Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert relations(database, "public") >= {*TABLES}


def test_second_run_waits_for_no_writer(app_url: str) -> None:
    """What exists is not locked."""
    with psycopg.connect(app_url) as writer, psycopg.connect(app_url) as installer:
        writer.execute("INSERT INTO certificate (id) VALUES (1)")
        installer.execute("SET lock_timeout = '1ms'")
        create_tables(installer)


@pytest.mark.parametrize(
    ("statement", "context"),
    [
        ("/*actor='1'*/ INSERT", "actor='1'"),
        ("/*a*//*b*/ INSERT", "a"),
        ("/*/ odd */ INSERT", ""),
        ("INSERT /*actor='1'*/", None),
        (" /*actor='1'*/ INSERT", None),
    ],
)
def test_context_is_the_leading_comment(app_url: str, statement: str, context: str | None) -> None:
    """And only that; no comment can make the write fail."""
    with psycopg.connect(app_url) as connection:
        connection.execute(f"{statement} INTO backstory_outbox (kind, name) VALUES ('event', 'a')")
        assert connection.execute("SELECT context FROM backstory_outbox").fetchone() == (context,)


def test_role_with_the_documented_grants_records_events(app_url: str) -> None:
    """And may not read what others wrote."""
    with psycopg.connect(app_url) as connection:
        connection.execute("CREATE ROLE recorder_of_events")
        try:
            connection.execute("GRANT INSERT ON backstory_outbox TO recorder_of_events")
            connection.execute("GRANT USAGE ON SEQUENCE backstory_outbox_seq TO recorder_of_events")
            connection.execute(
                "GRANT SELECT ON SEQUENCE backstory_outbox_slot TO recorder_of_events"
            )
            connection.execute("SET ROLE recorder_of_events")
            connection.execute(
                "INSERT INTO backstory_outbox (kind, name, new) VALUES ('event', 'a.b', '{}')"
            )
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute("SELECT * FROM backstory_outbox")
        finally:
            connection.rollback()
