"""The application's database: outbox, relay, source."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from producer import differences_of, show_source

from ..databases import one_row, statement
from ..status.application import outbox_state
from .capture import check_capture, check_roles
from .finding import Finding, error, warning
from .postgres import check_server, check_tables

_SILENT_S = 30.0


def check_application(connection: psycopg.Connection[Any], schema: str) -> Iterator[Finding]:
    """Look at all that stands between a write and the topic."""
    try:
        yield from check_relay(connection, schema)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        yield error(
            "outbox",
            f"there is no outbox in schema {schema!r}: nothing is recorded",
            "run `manage.py migrate`, or set BACKSTORY_SCHEMA to the schema of the tables",
        )
        return
    yield from check_server(connection, "application's database")
    outbox = f'"{schema}".backstory_outbox'
    yield from check_tables(connection, [outbox])
    yield from _check_numbering(connection, outbox)
    yield from _check_source(connection, schema)
    yield from check_capture(connection, schema)


def check_relay(connection: psycopg.Connection[Any], schema: str) -> Iterator[Finding]:
    """Look at the relay's signs of life and at what it could not publish."""
    state = outbox_state(connection, schema)
    silent_s = state.heartbeat_age_s
    if silent_s is None or silent_s > _SILENT_S:
        since = "there has never been one" if silent_s is None else f"for {silent_s:.0f} s"
        tell = error if state.rows else warning
        yield tell(
            "relay",
            f"no relay publishes ({since}); {state.rows} rows wait in the outbox",
            "start `backstory relay`, and look at its log if it runs",
        )
    if state.set_aside:
        yield warning(
            "set aside",
            f"{state.set_aside} rows could not be published and never will be by themselves",
            f"table {schema}.backstory_set_aside names each one's reason; nothing removes them",
        )


def _check_numbering(connection: psycopg.Connection[Any], outbox: str) -> Iterator[Finding]:
    query = statement("outbox_sequence").format(outbox=sql.Literal(outbox))
    cache, cycle, may_truncate = one_row(connection, query)
    if cache != 1 or cycle:
        yield error(
            "order",
            "backstory_outbox_seq hands out numbers out of order (CACHE over 1, or CYCLE)",
            f"ALTER SEQUENCE {outbox}_seq CACHE 1 NO CYCLE",
        )
    if not may_truncate:
        yield error(
            "roles",
            f"role {connection.info.user!r} may not TRUNCATE the outbox: it grows for ever",
            f"GRANT TRUNCATE ON {outbox}_0, {outbox}_1 to the relay's role, or make it their owner",
        )


def _check_source(connection: psycopg.Connection[Any], schema: str) -> Iterator[Finding]:
    bound, here = show_source(connection, schema)
    if bound is None:
        yield error(
            "source",
            "this database has no source name, so the relay does not start",
            "run `manage.py backstory_install`",
        )
        return
    if differences := differences_of(bound, here):
        yield error(
            "source",
            f"source {bound.name!r} was bound to another database ({', '.join(differences)}); the "
            "relay does not start",
            "`backstory source adopt` if this one takes its place, `backstory source new NAME` if "
            "it is a copy beside it",
        )
    if not bound.believed_roles:
        yield warning(
            "roles",
            "no database role is believed: who did it and why is recorded as claimed only",
            "name the application's role in BACKSTORY['believed_roles'] and run "
            "`manage.py backstory_install`",
        )
    yield from check_roles(connection, bound.believed_roles)
