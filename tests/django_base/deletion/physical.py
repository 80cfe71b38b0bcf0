"""A second set of the registry's tables, in which deletion is physical and Django's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import DO_NOTHING
from django.db.models.deletion import Collector
from registry.models import Memo

_KEEP = Memo._meta.get_field("certificate").remote_field


def tables() -> list[str]:
    models = apps.get_app_config("registry").get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models})


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(";".join(statements))


def make_tables() -> None:
    """Make them, without triggers and without foreign keys."""
    execute(
        "CREATE SCHEMA physical",
        *(f"CREATE TABLE physical.{each} (LIKE public.{each} INCLUDING ALL)" for each in tables()),
    )


def copy_rows() -> None:
    """Fill them with what the real ones hold."""
    execute(*(f"INSERT INTO physical.{each} SELECT * FROM public.{each}" for each in tables()))


@contextmanager
def there() -> Iterator[None]:
    """Let every statement inside find the second set."""
    execute("SET LOCAL search_path = physical, public")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            execute("SET LOCAL search_path = public")


def delete_physically(queryset: Any) -> None:
    """Delete as Django does; the declared exception leaves its row where it is."""
    collector, on_delete = Collector(using="default"), _KEEP.on_delete
    _KEEP.on_delete = DO_NOTHING
    try:
        collector.collect(queryset)
        collector.delete()
    finally:
        _KEEP.on_delete = on_delete


def rows(build: Callable[[], Any], *, all_of_them: bool = False) -> list[str]:
    """Return what a queryset gives, in an order of its own; of all rows or of live ones."""
    queryset = build()
    if all_of_them:
        queryset.query.includes_void = True
    return sorted(map(repr, queryset))


def everything() -> dict[str, list[Any]]:
    """Return all rows of all tables."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found
