"""The distribution as its users get it: a wheel in its own environment, beside a host project."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
import os
SECRET_KEY = "host"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django_base", *{apps!r}]
BACKSTORY = {{"source": "host"}}
url = os.environ.get("HOST_DATABASE", "")
if url:
    from psycopg.conninfo import conninfo_to_dict
    parts = conninfo_to_dict(url)
    DATABASES = {{"default": {{
        "ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], "USER": parts["user"],
        "PASSWORD": parts["password"], "HOST": parts["host"], "PORT": parts["port"],
    }}}}
else:
    DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "host.sqlite3"}}}}
"""

MODELS = """
from django.db import models
from django_base import BaseModel

class Order(BaseModel):
    number = models.CharField(max_length=20)
"""

WRITE = """
import django
django.setup()
from django_base import action
from shop.models import Order
with action("order.place", reason="a first order"):
    Order.objects.create(number="A-1")
print("orders:", Order.objects.count())
"""


PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
PYTEST = ("pytest", "pytest-django")
HOST_TEST = """
from shop.models import Order

def test_an_order_is_told(captured_events):
    order = Order.objects.create(number="A-1")
    (created,) = captured_events(Order)
    assert (created.type, created.key) == ("model.created", order.pk)
    assert created.after == {"id": order.pk, "number": "A-1"}
"""


class Host:
    """A host project in a folder, run by the Python that the wheel is installed in."""

    def __init__(self, folder: Path, python: Path, apps: list[str]) -> None:
        self.folder, self.python = folder, python
        self.environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "hostsettings"}
        self.environment.pop("PYTHONPATH", None)
        (folder / "hostsettings.py").write_text(SETTINGS.format(apps=apps))
        for app in apps:
            (folder / app).mkdir()
            (folder / app / "__init__.py").touch()
            (folder / app / "models.py").write_text(MODELS)

    def run(self, *arguments: str, database: str = "") -> subprocess.CompletedProcess[str]:
        """Run the environment's Python in the project's folder."""
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env={**self.environment, "HOST_DATABASE": database},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def manage(self, *arguments: str, database: str = "") -> str:
        """Run a management command that has to succeed; return what it printed."""
        done = self.run("-m", "django", *arguments, database=database)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that has nothing but the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("backstory-*.whl")
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    constraints = ROOT / "constraints.txt"
    subprocess.run(
        [*PIP, "--python", python, "install", "--constraint", constraints, f"{wheel}[django]"],
        check=True,
    )
    return python


def test_host_project_captures_its_writes(installed: Path, tmp_path: Path, database: str) -> None:
    """What a new user does first: install, inherit, migrate, write."""
    host = Host(tmp_path, installed, ["shop"])
    host.manage("makemigrations", "shop", database=database)
    host.manage("migrate", database=database)

    done = host.run("-c", WRITE, database=database)

    assert "orders: 1" in done.stdout, done.stdout + done.stderr
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT kind, name FROM backstory_outbox ORDER BY seq").fetchall()
    assert ("insert", "shop.Order") in rows
    assert ("event", "action.performed") in rows


def test_host_project_on_sqlite_runs_without_capture(installed: Path, tmp_path: Path) -> None:
    """A host's quick test run on SQLite must not break; a check says that nothing is recorded."""
    host = Host(tmp_path, installed, ["shop"])
    host.manage("makemigrations", "shop")
    host.manage("migrate")

    assert "orders: 1" in host.run("-c", WRITE).stdout
    assert "backstory" in host.manage("check", "--database", "default")


def test_host_has_no_migration_to_make_for_other_packages(installed: Path, tmp_path: Path) -> None:
    """Being installed never asks the host to write migrations into a package it does not own."""
    host = Host(tmp_path, installed, ["shop"])
    host.manage("makemigrations", "shop")

    assert "No changes detected" in host.manage("makemigrations", "--check", "--dry-run")


@pytest.mark.parametrize("name", ["schemas", "producer"])
def test_host_app_with_our_name_is_told_so(installed: Path, tmp_path: Path, name: str) -> None:
    """Our packages have generic names: an intruder must be named, not fail somewhere deep."""
    host = Host(tmp_path, installed, [name])

    done = host.run("-m", "django", "check")

    assert done.returncode != 0
    assert f"{tmp_path / name}" in done.stderr
    assert "rename" in done.stderr.lower()


def test_command_line_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The processes run where no checkout is: the command must find all it needs in the wheel."""
    done = Host(tmp_path, installed, []).run("-m", "infra.cli", "--help")

    assert done.returncode == 0, done.stderr
    assert "relay" in done.stdout
    assert "persist" in done.stdout


def test_host_tests_see_what_they_wrote(installed: Path, tmp_path: Path, database: str) -> None:
    """The fixture is there because the wheel is; nothing has to be imported or configured."""
    constraints = ROOT / "constraints.txt"
    subprocess.run(
        [*PIP, "--python", installed, "install", "--constraint", constraints, *PYTEST], check=True
    )
    host = Host(tmp_path, installed, ["shop"])
    host.manage("makemigrations", "shop", database=database)
    (tmp_path / "test_orders.py").write_text(HOST_TEST)

    done = host.run("-m", "pytest", "-q", "-o", "pythonpath=.", database=database)

    assert "1 passed" in done.stdout, done.stdout + done.stderr
