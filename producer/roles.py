"""Who can switch capture off in the application's database, or works beside other triggers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from .statements import statement


def able_to_disable(connection: psycopg.Connection[Any], roles: Iterable[str]) -> list[str]:
    """Return which of the application's roles may switch capture off.

    None when one of them may not: then the application works as that one, and who owns the tables
    is a role apart, for migrations.
    """
    cursor = psycopg.Cursor(connection, row_factory=tuple_row)
    found = cursor.execute(statement("roles"), [sorted(set(roles))]).fetchall()
    mighty = [name for name, may_disable in found if may_disable]
    return mighty if len(mighty) == len(found) else []


def replica_settings(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Return whose sessions begin with ``session_replication_role`` set, and what ends that.

    Our triggers fire in such sessions; foreign keys, the database's cascades and other triggers do
    not, so that rows can be left that belong to nothing.
    """
    cursor = psycopg.Cursor(connection, row_factory=tuple_row)
    found = cursor.execute(statement("replica_settings")).fetchall()
    return [(whose, fix) for whose, fix in found]
