"""A source name stands for one line of one database."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Flag
from threading import Thread

import psycopg
import pytest

from infra.services import Services
from infra.testing import Databases
from producer import (
    KafkaPublisher,
    PostgresOutbox,
    Relay,
    SourceMismatch,
    SourceUnbound,
    adopt_source,
    bind_source,
    create_tables,
    new_source,
    show_source,
)
from tests.producer.capturing import prepare
from tests.producer.conftest import Connection
from tests.producer.topic_reading import events_on, firsts


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("system_identifier", "1", "system identifier"),
        ("database", "'elsewhere'", "database"),
        ("database_oid", "1", "oid"),
        ("timeline", "77", "timeline"),
    ],
)
def test_relay_refuses_another_database(
    column: str, value: str, said: str, app: Connection, app_url: str
) -> None:
    """A restore, a clone or a failover is for a person to judge; the error says how."""
    app.execute(f"UPDATE backstory_source SET {column} = {value}")
    outbox = PostgresOutbox(app_url, schema="public", holder="test")
    with pytest.raises(SourceMismatch, match=f"{said}.*source adopt.*source new"):
        outbox.lead()
    outbox.close()

    adopt_source(app)
    assert outbox.lead() is not None
    outbox.close()


def test_copy_under_the_same_name_is_another_database(app_url: str, databases: Databases) -> None:
    """A database that was dropped, and replaced by a copy on the same server."""
    name = app_url.rpartition("/")[2]
    with psycopg.connect(databases.server_url, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} RENAME TO {name}_gone")
        server.execute(f"CREATE DATABASE {name} TEMPLATE {name}_gone")
        server.execute(f"DROP DATABASE {name}_gone")
    outbox = PostgresOutbox(app_url, schema="public", holder="test")
    with pytest.raises(SourceMismatch, match="oid"):
        outbox.lead()
    outbox.close()


@pytest.mark.parametrize("contact", ["relay", "installation"])
def test_binding_of_an_older_version_is_completed(
    contact: str, app: Connection, app_url: str
) -> None:
    """It was bound before copies were told apart; from then on it is."""
    app.execute("UPDATE backstory_source SET database_oid = NULL")
    if contact == "relay":
        outbox = PostgresOutbox(app_url, schema="public", holder="test")
        assert outbox.lead() is not None
        outbox.close()
    else:
        bind_source(app, "cap")
    bound, here = show_source(app)
    assert bound is not None
    assert bound.database_oid == here.database_oid is not None


def test_database_without_a_name_has_to_wait(database: str) -> None:
    """The error names the command that gives one; a running relay tries again."""
    with psycopg.connect(database) as connection:
        create_tables(connection)
    outbox = PostgresOutbox(database, schema="public", holder="test")
    with pytest.raises(SourceUnbound, match="backstory_install"):
        outbox.lead()
    outbox.close()


def test_binding_again_renews_the_roles_only(app: Connection) -> None:
    """Installing twice is no new source, and a changed setting no silent one."""
    before, _ = show_source(app)
    bind_source(app, "cap", ["b", "a"])
    after, here = show_source(app)
    assert before is not None
    assert after is not None
    assert after.believed_roles == ("b", "a")
    assert (after.name, after.bound_at) == (before.name, before.bound_at)
    assert after.system_identifier == here.system_identifier
    with pytest.raises(SourceMismatch, match="'other'"):
        bind_source(app, "other")


def test_running_relay_notices_a_new_name(app: Connection, app_url: str) -> None:
    """It finds itself replaced and looks again."""
    outbox = PostgresOutbox(app_url, schema="public", holder="test")
    start = outbox.lead()
    assert start is not None
    new_source(app, "staging")
    outbox.close()
    outbox.lead()
    assert outbox.source().name == "staging"
    outbox.close()


def test_clone_under_a_new_name_counts_its_windows_from_1(
    app: Connection, drain: Callable[[], None], services: Services, topic: str
) -> None:
    """Each source's ledger is whole from its first window on, or something is missing."""
    for number in (1, 2):
        app.execute("INSERT INTO certificate (id) VALUES (%s)", [number])
        drain()
    new_source(app, "staging")
    app.execute("INSERT INTO certificate (id) VALUES (3)")
    drain()

    told = [(w.source, w.sequence) for w in events_on(services.kafka, topic, "relay.window")]
    assert sorted(told) == [
        ("cap", "0000000000000000001.000000"),
        ("cap", "0000000000000000002.000000"),
        ("staging", "0000000000000000001.000000"),
    ]


def test_adopting_a_restored_dump_loses_nothing_and_keeps_ids(
    app: Connection, drain: Callable[[], None], services: Services, topic: str
) -> None:
    """Transaction numbers of the old cluster mean nothing in the new one."""
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    drain()
    app.execute("INSERT INTO certificate (id) VALUES (2)")
    app.execute("INSERT INTO certificate (id) VALUES (3)")
    # As a dump would bring it: rows and snapshot of a cluster two billion transactions ahead.
    app.execute("UPDATE backstory_outbox SET first_xid = xid")
    app.execute("UPDATE backstory_outbox SET xid = (xid::text::bigint + 2000000000)::text::xid8")
    app.execute(
        "UPDATE backstory_relay SET snapshot = ("
        " SELECT format('%s:%s:', min(xid::text::bigint) + 1, min(xid::text::bigint) + 1)"
        " FROM backstory_outbox)::pg_snapshot"
    )
    app.execute("UPDATE backstory_source SET system_identifier = 1")
    app.execute("INSERT INTO certificate (id) VALUES (4)")  # the application runs already
    adopt_source(app)
    drain()

    events = firsts(events_on(services.kafka, topic, "model.created"))
    assert sorted(str(event.subject) for event in events) == [
        f"cap.Certificate/{number}" for number in (1, 2, 3, 4)
    ]


def test_relay_that_was_started_first_waits_for_the_installation(
    database: str, services: Services, topic: str
) -> None:
    """Neither the tables nor the name are there yet."""
    stop = Flag()
    outbox = PostgresOutbox(database, schema="public", holder="early")
    relaying = Thread(target=Relay(outbox, KafkaPublisher(services.kafka, topic), stop=stop).run)
    relaying.start()
    prepare(database)
    with psycopg.connect(database, autocommit=True) as app:
        app.execute("INSERT INTO certificate (id) VALUES (1)")
        while not app.execute("SELECT 1 FROM backstory_window").fetchone():
            relaying.join(0.05)
            assert relaying.is_alive()
    stop.set()
    relaying.join()
    assert len(events_on(services.kafka, topic, "model.created")) == 1
