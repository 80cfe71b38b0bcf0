"""A table with rows and writers gets the flag and its indexes: nobody waits for long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infra.testing import Databases
from infra.waiting import wait_until
from tests.django_base.migrating import Project

BEFORE = """
from django.db import models
from django_base import BaseModel

class House(BaseModel):
    void_id = None
    street = models.CharField(max_length=1000)
"""
AFTER = """
from django.db import models
from django_base import BaseModel, UniqueAmongLive

class House(BaseModel):
    street = models.CharField(max_length=1000)

    class Meta:
        constraints = [UniqueAmongLive(fields=["street"], name="one_house")]
        indexes = [
            models.Index(
                fields=["void_id"], name="house_void", condition=models.Q(void_id__isnull=False)
            ),
        ]
"""
HEAD = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django_base import UniqueAmongLive
from django_base.deletion.operations import AddUniqueConcurrently

"""
TABLE = """
class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("House", [("id", models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("street", models.CharField(max_length=1000))])
    ]
"""
FLAG = """
class Migration(migrations.Migration):
    dependencies = [("estate", "0001_m")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '200ms'", migrations.RunSQL.noop),
        migrations.AddField(
            "House", "void_id", models.UUIDField(default=None, editable=False, null=True)
        ),
    ]
"""
VOID_INDEX = """
class Migration(migrations.Migration):
    dependencies = [("estate", "0002_m")]
    atomic = False
    operations = [
        AddIndexConcurrently("House", models.Index(
            fields=["void_id"], name="house_void", condition=models.Q(void_id__isnull=False))),
    ]
"""
UNIQUE = """
class Migration(migrations.Migration):
    dependencies = [("estate", "0003_m")]
    atomic = False
    operations = [
        AddUniqueConcurrently("House", UniqueAmongLive(fields=["street"], name="one_house")),
    ]
"""
MIGRATE = ("migrate", "-v0")
QUIET = {"AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock"}
"""What tables are locked with when nobody who writes a row has to wait."""


@pytest.fixture
def project(tmp_path: Path, databases: Databases) -> Project:
    """A project whose table has no flag yet, and a hundred rows; its next version is written."""
    made = Project(tmp_path, databases.create())
    made.write()
    migrations = tmp_path / "estate" / "migrations"
    (migrations / "0001_m.py").write_text(HEAD + TABLE)
    (tmp_path / "estate" / "models.py").write_text(BEFORE)
    made.run(*MIGRATE)
    (migrations / "0002_m.py").write_text(HEAD + FLAG)
    (migrations / "0003_m.py").write_text(HEAD + VOID_INDEX)
    (migrations / "0004_m.py").write_text(HEAD + UNIQUE)
    (tmp_path / "estate" / "models.py").write_text(AFTER)
    with psycopg.connect(made.url) as connection:
        connection.execute(
            "INSERT INTO estate_house (street) SELECT 'old ' || n FROM generate_series(1, 100) AS n"
        )
    return made


@pytest.fixture
def session(project: Project) -> Iterator[psycopg.Connection]:
    """Somebody who looks on, and writes now and then."""
    with psycopg.connect(project.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def unfinished(project: Project) -> Iterator[psycopg.Connection]:
    """A transaction that has written to the table and is not over."""
    with psycopg.connect(project.url) as connection:
        connection.execute("UPDATE estate_house SET street = 'unfinished' WHERE id = 1")
        yield connection


def indexes(session: psycopg.Connection) -> dict[str, bool]:
    """The valid and invalid indexes by name, but for the key's."""
    rows = session.execute(
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index"
        " WHERE indrelid = 'estate_house'::regclass AND NOT indisprimary"
    )
    return dict(rows.fetchall())


def test_flag_is_added_without_writing_a_row_anew(project, session):
    """A change of the catalogue only, so a table of any size takes as long as an empty one."""
    place = "SELECT pg_relation_filenode('estate_house')"
    before = session.execute(place).fetchone()

    project.run(*MIGRATE, "estate", "0002")

    assert session.execute(place).fetchone() == before
    [live] = session.execute("SELECT count(*) FROM estate_house WHERE void_id IS NULL").fetchone()
    assert live == 100


def test_adding_the_flag_gives_up_behind_a_long_transaction(project, session, unfinished):
    """Waiting would hold all writers that come after it; it is run again later."""
    with pytest.raises(AssertionError, match="lock timeout"):
        project.run(*MIGRATE, "estate", "0002")

    session.execute("INSERT INTO estate_house (street) VALUES ('written meanwhile')")
    unfinished.commit()
    project.run(*MIGRATE, "estate", "0002")
    session.execute("SELECT void_id FROM estate_house")


def test_writers_go_on_while_the_indexes_are_built(project, session, unfinished):
    """The builds wait for an open transaction, and nobody waits for them."""
    unfinished.rollback()
    project.run(*MIGRATE, "estate", "0002")
    unfinished.execute("UPDATE estate_house SET street = 'unfinished' WHERE id = 1")
    locks = (
        "SELECT mode FROM pg_locks WHERE relation = 'estate_house'::regclass"
        " AND pid <> pg_backend_pid()"
    )
    waits = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%CREATE %INDEX CONCURRENTLY%'"
        " AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
    )
    session.execute("SET lock_timeout = '30s'")  # an error instead of a test that hangs

    with ThreadPoolExecutor(1) as pool, unfinished:
        migrating = pool.submit(project.run, *MIGRATE)
        assert wait_until(lambda: session.execute(waits).fetchone() == (1,), timeout_s=60)
        for number in range(20):
            session.execute("INSERT INTO estate_house (street) VALUES (%s)", [f"new {number}"])
            session.execute("UPDATE estate_house SET street = street || '!' WHERE id = 2")
            assert {mode for (mode,) in session.execute(locks)} <= QUIET
    migrating.result()

    assert indexes(session) == {"house_void": True, "one_house": True}


def test_values_that_repeat_stop_the_build_and_leave_nothing_behind(project, session):
    """An index that is not valid keeps nothing unique, and is in the way of the next attempt."""
    session.execute("UPDATE estate_house SET street = 'old 1' WHERE street = 'old 2'")

    with pytest.raises(AssertionError, match="could not create unique index"):
        project.run(*MIGRATE)
    assert indexes(session) == {"house_void": True}

    session.execute("UPDATE estate_house SET street = 'mended' WHERE id = 2")
    project.run(*MIGRATE)
    assert indexes(session) == {"house_void": True, "one_house": True}


def test_the_next_version_needs_no_further_migration(project):
    """What the operations say is what the models say; and all of it can be taken back."""
    assert "No changes" in project.run("makemigrations", "--check", "--dry-run", "estate")
    project.run(*MIGRATE)
    project.run(*MIGRATE, "estate", "0001")
