"""The one Django project that holds every variant, in a database of its own."""

import importlib.util
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import conninfo

MIDDLEWARE = [
    "django_base.middleware.ContextMiddleware",
    "django_base.middleware.PageViewMiddleware",
]
PEERS = ("pgtrigger", "pghistory", "auditlog", "simple_history", "safedelete")
VARIANTS = {
    "plain": "django",
    "with_backstory": "django_base",
    "with_pghistory": "pghistory",
    "with_pghistory_statement": "pghistory",
    "with_auditlog": "auditlog",
    "with_simple_history": "simple_history",
    "voids_plain": "django",
    "voids_backstory": "django_base",
    "voids_safedelete": "safedelete",
}
"""Each app under ``variants/`` and the package it needs."""


def variant_module(app: str) -> str:
    """Return the dotted name of a variant's app."""
    return f"benchmarks.variants.{app}"


def present_variants() -> list[str]:
    """Return the apps whose package is installed; plain Django's and ours always are."""
    return [app for app, package in VARIANTS.items() if importlib.util.find_spec(package)]


class WithoutMigrations:
    """Every app's tables are made from its models: one run of ``migrate``, in any order."""

    def __contains__(self, label: str) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


def database_settings(url: str) -> dict[str, Any]:
    """Return Django's description of the PostgreSQL database at ``url``."""
    parts = conninfo.conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts["dbname"],
        "USER": parts.get("user"),
        "PASSWORD": parts.get("password"),
        "HOST": parts.get("host"),
        "PORT": parts.get("port"),
        "CONN_MAX_AGE": None,
    }


def configure(url: str) -> None:
    """Set Django up with the recorders that are installed, each with its defaults."""
    peers = [name for name in PEERS if importlib.util.find_spec(name)]
    settings.configure(
        DATABASES={"default": database_settings(url)},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            *peers,
            "django_base",
            *(variant_module(app) for app in present_variants()),
            "benchmarks.permissions",
        ],
        MIGRATION_MODULES=WithoutMigrations(),
        PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE=True,
        ROOT_URLCONF="benchmarks.site",
        MIDDLEWARE=MIDDLEWARE,
        BACKSTORY={"source": "benchmark"},
        SECRET_KEY="only for this run",
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        SILENCED_SYSTEM_CHECKS=["models.W042"],
    )
    django.setup()


def create_tables() -> None:
    """Make every variant's tables and put the triggers on: ours with ``migrate``, theirs after."""
    logging.getLogger("pgtrigger").setLevel(logging.WARNING)
    call_command("migrate", run_syncdb=True, verbosity=0)
    if importlib.util.find_spec("pgtrigger"):
        call_command("pgtrigger", "install", verbosity=0)


@contextmanager
def django_on(url: str) -> Iterator[None]:
    """Let Django's connection lead to the database at ``url``, which has the same tables."""
    settings_dict = connections["default"].settings_dict
    before = dict(settings_dict)
    close_connections()
    settings_dict.update(database_settings(url))
    try:
        yield
    finally:
        close_connections()
        settings_dict.update(before)


def close_connections() -> None:
    """Close Django's connections; the next query opens them again."""
    connections.close_all()
