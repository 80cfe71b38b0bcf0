"""Rows that deferred triggers wrote at COMMIT are told with the context of their transaction."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from producer import MemoryPublisher, OutboxLimits, PostgresOutbox, Relay
from schemas import decode


def write_later(app: psycopg.Connection, table: str = "certificate") -> None:
    """Have each row that is inserted into a table change the certificates at COMMIT."""
    app.execute(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN UPDATE certificate SET note = 'later' WHERE id = NEW.id; RETURN NULL; END $$"
    )
    app.execute(
        f"CREATE CONSTRAINT TRIGGER later AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION later()"
    )


@pytest.fixture
def actors(app_url: str) -> Callable[[], list[tuple[str, str]]]:
    """Relays in pages of one row, and gives the type of each event and who did it."""

    def relayed() -> list[tuple[str, str]]:
        publisher = MemoryPublisher()
        limits = OutboxLimits(page_rows=1)
        outbox = PostgresOutbox(app_url, schema="public", holder="test", limits=limits)
        Relay(outbox, publisher).drain()
        events = [decode(record.value or b"") for record in publisher.records]
        return [
            (each.type, each.context.actor.id if each.context.actor else each.context.origin)
            for each in events
            if each.type.startswith("model.")
        ]

    return relayed


def test_it_is_the_context_of_the_last_statement_on_whatever_page(
    app: psycopg.Connection, connect: Callable[[], psycopg.Connection], actors
) -> None:
    """Other transactions write between them, and the page begins in the middle of one."""
    write_later(app)
    other = connect()
    with app.transaction():
        app.execute("/*actor='7'*/ INSERT INTO certificate (id) VALUES (1)")
        other.execute("/*actor='8'*/ INSERT INTO certificate (id) VALUES (2)")

    assert actors() == [
        ("model.created", "7"),
        ("model.created", "8"),
        ("model.updated", "8"),
        ("model.updated", "7"),
    ]


@pytest.mark.parametrize("end", ["COMMIT", "end;", "  commit work"])
def test_an_outside_change_stays_one(app: psycopg.Connection, actors, end: str) -> None:
    """However the transaction ends; a context of a later statement is not taken either."""
    write_later(app)
    app.execute("BEGIN")
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    app.execute(end)
    app.execute("/*actor='7'*/ UPDATE certificate SET shares = 1")

    assert actors() == [
        ("model.created", "outside"),
        ("model.updated", "outside"),
        ("model.updated", "7"),
    ]


def test_who_writes_nothing_else_is_an_outside_change(app: psycopg.Connection, actors) -> None:
    """A table that is not tracked has no row to take the context from; nobody is made up."""
    app.execute("CREATE TABLE untracked (id bigint)")
    write_later(app, "untracked")
    app.execute("/*actor='7'*/ INSERT INTO certificate (id) VALUES (1)")
    with app.transaction():
        app.execute("/*actor='7'*/ INSERT INTO untracked VALUES (1)")

    assert actors() == [("model.created", "7"), ("model.updated", "outside")]
