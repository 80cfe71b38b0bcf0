"""Which database a source name stands for, and what happens when that changes.

Event ids and the order of events hold within one line of one database. After a restore, a failover
or a clone the relay therefore stops, and a person says which it is:

``adopt``
    This database takes the place of the old one. The name stays. What the stored progress says is
    unpublished is published; when the cluster is another one (a dump was restored, ``pg_upgrade``),
    transaction numbers in the outbox mean nothing here, so every row still in the outbox is given a
    number of this cluster and published (again): event ids are made of the first number, so what
    consumers have already seen they recognise, and nothing is lost or twice in a history.
``new``
    The old database lives on beside this one (a clone for staging). As ``adopt``, under a new name:
    the two sources share no ids, and its ledger begins with window 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from .errors import SourceMismatch, SourceUnbound
from .schema import Cursor, in_schema
from .statements import statement


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A source name, and the database it was bound to.

    Attributes:
        database_oid: tells a copy under the same name; None until an older binding is completed.
        timeline: of the server's log; 0 stands for a standby.
        believed_roles: database users whose comments are taken for true.
    """

    name: str
    system_identifier: int
    database: str
    database_oid: int | None
    timeline: int
    believed_roles: tuple[str, ...] = ()
    bound_at: datetime | None = None


def bind_source(
    connection: psycopg.Connection[Any],
    name: str,
    believed_roles: Sequence[str] = (),
    schema: str = "public",
) -> Binding:
    """Give the database its source name, once, and say whose comments are believed.

    What is bound stays bound, under its name and to its database; only the roles are renewed.

    Raises:
        SourceMismatch: the database has another name; `backstory source new` gives it a new one.
    """
    with in_schema(connection, schema) as cursor:
        here = _here(cursor, name)
        cursor.execute(statement("bind_source"), [*_values(here), list(believed_roles)])
        bound = read_source(cursor)
        assert bound is not None
        if bound.name != name:
            raise SourceMismatch(bound.name, f"the settings call it {name!r}")
        bound = _completed(cursor, bound, here)
        if set(bound.believed_roles) != set(believed_roles):
            cursor.execute(statement("store_believed_roles"), [list(believed_roles)])
    return bound


def show_source(
    connection: psycopg.Connection[Any], schema: str = "public"
) -> tuple[Binding | None, Binding]:
    """Return the bound source, and what it would be bound to here and now."""
    with in_schema(connection, schema) as cursor:
        bound = read_source(cursor)
        return bound, _here(cursor, bound.name if bound else "")


def adopt_source(connection: psycopg.Connection[Any], schema: str = "public") -> Binding:
    """Let this database take the place of the one its source was bound to; see the module."""
    with in_schema(connection, schema) as cursor:
        bound = read_source(cursor)
        if bound is None:
            raise SourceUnbound
        return _rebind(cursor, bound, bound.name)


def new_source(connection: psycopg.Connection[Any], name: str, schema: str = "public") -> Binding:
    """Let this database publish under a name of its own from now on; see the module."""
    with in_schema(connection, schema) as cursor:
        bound = read_source(cursor)
        if bound is not None and bound.name != name:
            cursor.execute(statement("restart_ledger"))
        return _rebind(cursor, bound, name)


def check_source(connection: psycopg.Connection[Any]) -> Binding:
    """Return the bound source.

    Raises:
        SourceUnbound: there is none yet.
        SourceMismatch: it was bound to another database.
    """
    cursor = connection.cursor()
    bound = read_source(cursor)
    if bound is None:
        raise SourceUnbound
    here = _here(cursor, bound.name)
    differences = differences_of(bound, here)
    if differences:
        raise SourceMismatch(bound.name, ", ".join(differences))
    return _completed(cursor, bound, here)


def differences_of(bound: Binding, here: Binding) -> list[str]:
    """Return in words what sets two bindings apart; nothing when they are of the same database."""
    if here.timeline == 0:
        return ["this server is a standby and cannot be written to"]
    return [
        f"its {what} is {now!r} and was {then!r}"
        for what, now, then in (
            ("system identifier", here.system_identifier, bound.system_identifier),
            ("database", here.database, bound.database),
            ("database's oid", here.database_oid, bound.database_oid or here.database_oid),
            ("timeline", here.timeline, bound.timeline),
        )
        if now != then
    ]


def read_source(cursor: Cursor) -> Binding | None:
    """Return the bound source, or None when there is none yet."""
    row = cursor.execute(statement("read_source")).fetchone()
    if row is None:
        return None
    name, identifier, database, oid, timeline, roles, bound_at = row
    return Binding(
        name=name,
        system_identifier=identifier,
        database=database,
        database_oid=oid,
        timeline=timeline,
        believed_roles=tuple(roles),
        bound_at=bound_at,
    )


def _completed(cursor: Cursor, bound: Binding, here: Binding) -> Binding:
    """Return a binding with what an older version did not bind; it is stored."""
    if bound.database_oid is not None or differences_of(bound, here):
        return bound
    cursor.execute(statement("complete_source"), [here.database_oid])
    return replace(bound, database_oid=here.database_oid)


def _rebind(cursor: Cursor, bound: Binding | None, name: str) -> Binding:
    """Bind to this database; the relay that leads, if any, finds itself replaced."""
    here = _here(cursor, name)
    cursor.execute(statement("replace_leader"))
    if bound is not None and bound.system_identifier != here.system_identifier:
        cursor.execute(statement("renumber_outbox"))
        cursor.execute(statement("restart_relay"))
    cursor.execute(statement("rebind_source"), _values(here))
    rebound = read_source(cursor)
    assert rebound is not None
    return rebound


def _here(cursor: Cursor, name: str) -> Binding:
    row = cursor.execute(statement("here")).fetchone()
    assert row is not None
    identifier, database, oid, timeline = row
    return Binding(
        name=name,
        system_identifier=identifier,
        database=database,
        database_oid=oid,
        timeline=timeline,
    )


def _values(binding: Binding) -> list[Any]:
    return [
        binding.name,
        binding.system_identifier,
        binding.database,
        binding.database_oid,
        binding.timeline,
    ]
