"""On what a run was measured: figures without it mean nothing."""

import datetime as dt
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psycopg

from infra.embedded import Home
from infra.embedded.jars import LOCK_FILE

PACKAGES = (
    "Django",
    "psycopg",
    "confluent-kafka",
    "msgspec",
    "django-pghistory",
    "django-auditlog",
    "django-simple-history",
    "django-safedelete",
)
POSTGRES_SETTINGS = ("server_version", "synchronous_commit", "fsync", "shared_buffers", "jit")


def facts(home: Home) -> dict[str, Any]:
    """Return the machine, the load on it, the versions and the server's settings that matter."""
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.release(),
        "load_at_start": load(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "postgres": _postgres(home.postgres.url()),
        "kafka": LOCK_FILE.stem.removeprefix("kafka-"),
    }


def load() -> list[float]:
    """Return the load averages: what else the cores did while something was measured."""
    return [round(each, 2) for each in os.getloadavg()]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _postgres(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        query = "SELECT name, setting FROM pg_settings WHERE name = ANY (%s)"
        return dict(connection.execute(query, [list(POSTGRES_SETTINGS)]).fetchall())
