"""Removes rows for good: the only ways that the database lets pass."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models, router, transaction
from django.db.models.deletion import Collector

from .deletions import note_deletion
from .marking import deleting

Counts = tuple[int, dict[str, int]]


@contextmanager
def hard_deletion(using: str = DEFAULT_DB_ALIAS) -> Iterator[UUID | None]:
    """Let what is inside remove rows for good, as one deletion: for SQL and for migrations.

    It gives the deletion's id, on a database that is not PostgreSQL nothing::

        with bind_context(reason="erasure request 17"), hard_deletion():
            cursor.execute("DELETE FROM captable_document WHERE owner_id = %s", [owner])

    It is one transaction; who and why come from the context. Use ``hard_delete()`` for objects. A
    ``bind_context`` or ``action`` inside ends the leave for what is in it: begin them outside.
    """
    with _removing(using, []) as deletion_id:
        yield deletion_id


def hard_delete_instance(instance: models.Model, using: str | None) -> Counts:
    """Remove an object's row and what depends on it; see ``BaseModel.hard_delete``."""
    if instance.pk is None:
        raise ValueError(f"{instance._meta.object_name} object can't be deleted: it has no key")
    using = using or router.db_for_write(type(instance), instance=instance)
    return _remove([instance], using, instance)


def hard_delete_queryset(queryset: Any) -> Counts:
    """Remove the rows of a queryset and what depends on them; see ``BaseModel.hard_delete``."""
    queryset._for_write = True
    rows = queryset.model._base_manager.using(queryset.db).filter(pk__in=queryset.values("pk"))
    rows = rows.select_for_update(of=("self",))  # apart: what is grouped cannot be locked
    with transaction.atomic(queryset.db):
        roots = list(rows)
        return _remove(roots, queryset.db, queryset) if roots else (0, {})


def _remove(roots: Sequence[models.Model], using: str, origin: Any) -> Counts:
    collector = Collector(using=using, origin=origin)
    collector.collect(roots)
    return remove_collected(collector, roots)


def remove_collected(collector: Collector, roots: Sequence[models.Model]) -> Counts:
    """Remove what Django's Collector has found to go with ``roots``, as one hard deletion."""
    using = str(collector.using)
    with _removing(using, roots):
        return collector.delete()


@contextmanager
def _removing(using: str, roots: Sequence[models.Model]) -> Iterator[UUID | None]:
    """Begin a hard deletion; on a database that is not PostgreSQL there is nothing to tell."""
    if connections[using].vendor != "postgresql":
        yield None
        return
    with transaction.atomic(using):
        deletion_id = note_deletion(using, roots, hard=True)
        with deleting(deletion_id, hard=True):
            yield deletion_id
