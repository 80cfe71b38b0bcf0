"""The test project on the run's real PostgreSQL, and what it left in the outbox."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.conf import settings

PROJECT = Path(__file__).parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.settings import SETTINGS, database  # noqa: E402

settings.configure(**SETTINGS)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services: Any) -> None:
    described = database(services.postgres_url)
    connections.settings["default"].update(described)
    connections["default"].settings_dict.update(described)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute((PROJECT / "shop" / "reading.sql").read_text())
        call_command("backstory_install", database="default", verbosity=0)
        cursor.execute((PROJECT / "shop" / "oracle.sql").read_text())


@dataclass(frozen=True)
class Row:
    """An outbox row as the relay finds it."""

    kind: str
    name: str
    version: int | None
    subject: str | None
    context: str | None
    old: Any
    new: Any
    old_count: int
    new_count: int
    depth: int

    @property
    def images(self) -> list[tuple[Any, Any]]:
        old, new = self.old or [], self.new or []
        rows = max(len(old), len(new))
        return list(zip(old or [None] * rows, new or [None] * rows, strict=True))


Captured = Callable[[], list[Row]]


@pytest.fixture
def captured(db: None) -> Captured:
    """Gives what was captured since the last call, or since the test began."""
    last = _last()

    def rows() -> list[Row]:
        nonlocal last
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind, name, version, subject, context, old::text, new::text, old_count,"
                " new_count, depth FROM backstory_outbox WHERE seq > %s ORDER BY seq",
                [last],
            )
            found = cursor.fetchall()
        last = _last()
        return [
            Row(
                *row[:5],
                *(None if each is None else json.loads(each) for each in row[5:7]),
                *row[7:],
            )
            for row in found
        ]

    return rows


def _last() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value('backstory_outbox_seq'), 0)")
        return int(cursor.fetchone()[0])


@pytest.fixture
def raw(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A plain connection to the same database, as psql would have one."""
    with psycopg.connect(_dsn()) as made:
        made.autocommit = True
        yield made


def _dsn() -> str:
    described = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=described["HOST"],
        port=described["PORT"],
        user=described["USER"],
        password=described["PASSWORD"],
        dbname=described["NAME"],
    )
