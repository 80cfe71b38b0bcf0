"""Voids rows and their dependents: one deletion, a fixed number of statements for each model."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import NotSupportedError, connections, router, transaction
from django.db.models import signals

from .collecting import VoidCollector
from .deletions import note_deletion
from .fields import VOID
from .keys import key_fields, key_of, with_keys
from .queryset import only_live
from .severing import sever
from .takings import counts_of, set_flag, takings

Counts = tuple[int, dict[str, int]]


def void_instance(instance: Any, using: str | None) -> Counts:
    """Void an object and its dependents; none of it when the row is void already, or gone.

    Returns:
        What Django's ``delete()`` does: how many rows, and how many of each model.

    Raises:
        ProtectedError, RestrictedError: as Django does, before anything was changed.
        NotSupportedError: the database is not PostgreSQL.
    """
    using = using or router.db_for_write(type(instance), instance=instance)
    rows = with_keys(type(instance)._base_manager.using(using), *_key(instance))
    with in_transaction(using):
        if not _locked(rows).values_list("pk").first():
            return 0, {}
        return _void([instance], using, instance)


def void_queryset(queryset: Any) -> Counts:
    """Void the rows of a queryset and their dependents; see :func:`void_instance`."""
    using, model = queryset.db, queryset.model
    rows = model._base_manager.using(using).filter(pk__in=queryset.values("pk"))
    with in_transaction(using):
        roots = list(_locked(rows))
        return _void(roots, using, queryset) if roots else (0, {})


def in_transaction(using: str) -> AbstractContextManager[Any]:
    """Begin a transaction where none is open; refuse a database that is not PostgreSQL.

    What is refused inside was only read until then: it need not break the caller's transaction.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        raise NotSupportedError(
            f"rows of database {using!r} cannot be voided, it is not PostgreSQL: use hard_delete()"
        )
    return nullcontext() if connection.in_atomic_block else transaction.atomic(using)


def _key(instance: Any) -> tuple[list[Any], list[tuple[Any, ...]]]:
    return key_fields(instance), [key_of(instance)]


def _locked(rows: Any) -> Any:
    return only_live(rows).select_for_update().order_by("pk")


def _void(roots: Sequence[Any], using: str, origin: Any) -> Counts:
    collector = VoidCollector(using, origin)
    collector.collect(roots)
    collector.sort()
    with transaction.atomic(using, savepoint=False):
        _send(signals.pre_delete, collector)
        deletion_id = note_deletion(using, roots)
        counts = counts_of(collector)
        for taking in takings(collector):
            number = set_flag(taking, deletion_id, None, deletion_id)
            counts[taking.label] += 0 if taking.is_counted else number
        sever(collector, deletion_id)
        _send(signals.post_delete, collector)
    for _, each in collector.instances_with_model():
        setattr(each, VOID, deletion_id)
    return counts.total(), dict(+counts)


def _send(signal: Any, collector: VoidCollector) -> None:
    for model, each in collector.instances_with_model():
        signal.send(sender=model, instance=each, using=collector.using, origin=collector.origin)
