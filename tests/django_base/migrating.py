"""A project of a test's own that is deployed again and again, and writers who never stop."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import psycopg

from producer import MemoryPublisher, PostgresOutbox, Relay
from schemas import Event, decode

ROOT = Path(__file__).parents[2]
_SETTINGS = """
import os
from psycopg.conninfo import conninfo_to_dict
known = conninfo_to_dict(os.environ["ESTATE_URL"])
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": known["dbname"],
    "HOST": known["host"], "PORT": known["port"], "USER": known["user"],
    "PASSWORD": known["password"]}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django_base", "estate"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
BACKSTORY = {"source": "estate"}
SILENCED_SYSTEM_CHECKS = ["backstory.W006"]  # the run's role is a superuser
"""
MODELS = """
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django_base import BaseModel, track

track(User, masked=("password",))
track(Group)
track(Permission)
track(ContentType)

class Owner(BaseModel):
    name = models.CharField(max_length=100)

class House(BaseModel):
    street = models.CharField(max_length=1000)
    rooms = models.IntegerField(null=True)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.CASCADE)

    class Backstory:
        masked = ()
"""
_MIGRATION = """
from django.db import migrations, models
import django.db.models.deletion

class Migration(migrations.Migration):
    dependencies = [{after}]
    operations = [{operations}]
"""
_FIRST = """
    migrations.CreateModel("Owner", [("id", models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("name", models.CharField(max_length=100)),
        ("void_id", models.UUIDField(default=None, editable=False, null=True))]),
    migrations.CreateModel("House", [("id", models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("street", models.CharField(max_length=1000)),
        ("rooms", models.IntegerField(null=True)),
        ("owner", models.ForeignKey("estate.Owner", null=True, on_delete=models.CASCADE)),
        ("void_id", models.UUIDField(default=None, editable=False, null=True))]),
"""


@dataclass
class Project:
    """A Django project in a folder, and the database it works on."""

    folder: Path
    url: str

    def write(self) -> None:
        """Write the project in its first version."""
        (self.folder / "estate" / "migrations").mkdir(parents=True)
        (self.folder / "estate_settings.py").write_text(_SETTINGS)
        (self.folder / "estate" / "__init__.py").touch()
        (self.folder / "estate" / "migrations" / "__init__.py").touch()
        self.change(MODELS, _FIRST)

    def change(self, models: str, operations: str) -> None:
        """Write new models, and the migration to them."""
        migrations = self.folder / "estate" / "migrations"
        number = len(list(migrations.glob("0*.py"))) + 1
        after = f'("estate", "{number - 1:04}_m")' if number > 1 else ""
        (self.folder / "estate" / "models.py").write_text(models)
        text = _MIGRATION.format(after=after, operations=operations)
        (migrations / f"{number:04}_m.py").write_text(text)

    def run(self, *command: str) -> str:
        """Run a command of ``manage.py`` in a process of its own; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "django", *command],
            cwd=self.folder,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "estate_settings",
                "ESTATE_URL": self.url,
                "PYTHONPATH": os.pathsep.join((str(self.folder), str(ROOT))),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def relayed(self, publisher: MemoryPublisher) -> list[Event]:
        """Publish what waits, and return all that was published so far but for the ledger."""
        self.relay(publisher).drain()
        events = (decode(record.value) for record in publisher.records)
        return [event for event in events if event.type != "relay.window"]

    def relay(self, publisher: MemoryPublisher, stop: Flag | None = None) -> Relay:
        """Return a relay from the project's database."""
        return Relay(PostgresOutbox(self.url, schema="public", holder="test"), publisher, stop=stop)


@dataclass
class Writer:
    """Inserts a row and updates it, again and again, in a transaction each time.

    Attributes:
        tables: names the table has one after the other; when the last is gone it writes no more.
        written: how many rows it has inserted.
        failures: what was raised that is not about a table that is gone.
        begun: set when the first row is written, or the first failure is there.
    """

    url: str
    tables: Sequence[str]
    written: int = 0
    failures: list[psycopg.Error] = field(default_factory=list)
    begun: Flag = field(default_factory=Flag)

    def work(self, stop: Flag) -> None:
        """Write until told to stop."""
        waiting = list(self.tables)
        with psycopg.connect(self.url, autocommit=True) as connection:
            while waiting and not stop.is_set():
                try:
                    with connection.transaction():
                        self._write(connection, waiting[0])
                    self.written += 1
                    self.begun.set()
                except psycopg.errors.UndefinedTable:
                    waiting.pop(0)
                except psycopg.Error as error:
                    self.failures.append(error)
                    self.begun.set()
                    return

    def _write(self, connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> None:
        insert = f"INSERT INTO {table} (street) VALUES ('a') RETURNING id"
        row = connection.execute(insert).fetchone()
        connection.execute(f"UPDATE {table} SET street = street || 'b' WHERE id = %s", row)


@contextmanager
def working(url: str, *writers: Writer, relay: Relay, stop: Flag) -> Iterator[None]:
    """Let writers and a relay work during the block; each writer has begun before it does."""
    threads = [Thread(target=relay.run)]
    threads += [Thread(target=writer.work, args=[stop]) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        assert all(writer.begun.wait(30) for writer in writers)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
