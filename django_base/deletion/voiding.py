"""Voids rows and their dependents: one deletion, a fixed number of statements for each model."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from django.db import NotSupportedError, connections, models, router, transaction
from django.db.models import signals

from .collecting import VoidCollector
from .deletions import Severed, note_deletion, note_severed
from .fields import VOID
from .keys import key_fields, key_of, with_keys
from .marking import deleting
from .queryset import only_live

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
        counts = _void_rows(collector, deletion_id)
        _sever(collector, deletion_id)
        _send(signals.post_delete, collector)
    for _, each in collector.instances_with_model():
        setattr(each, VOID, deletion_id)
    return counts.total(), dict(counts)


def _send(signal: Any, collector: VoidCollector) -> None:
    for model, each in collector.instances_with_model():
        signal.send(sender=model, instance=each, using=collector.using, origin=collector.origin)


def _void_rows(collector: VoidCollector, deletion_id: UUID) -> Counter[str]:
    """Set the flag, from the roots downwards; return how many rows of each model that were."""
    counts = _counts(collector)
    for model, taken in collector.taken.items():
        for via, keys in _by_field(taken).items():
            rows = with_keys(model._base_manager.using(collector.using), key_fields(model), keys)
            _set_flag(rows, via, deletion_id)
    for rows, via in collector.leaves:
        found = _set_flag(rows, via, deletion_id)
        if found:
            counts[rows.model._meta.label] += found
    return counts


def _counts(collector: VoidCollector) -> Counter[str]:
    """Return how many objects of each model were collected; one with its proxy's is one."""
    counts: Counter[str] = Counter()
    seen: dict[Any, set[Any]] = defaultdict(set)
    for model, each in collector.instances_with_model():
        known = seen[model._meta.concrete_model]
        counts[model._meta.label] += each.pk not in known
        known.add(each.pk)
    return +counts


def _by_field(taken: dict[tuple[Any, ...], Any]) -> dict[Any, list[tuple[Any, ...]]]:
    """Return the keys of a model's rows by the field that led to them: one statement each."""
    found = defaultdict(list)
    for key, via in taken.items():
        found[via].append(key)
    return found


def _set_flag(rows: Any, via: Any, deletion_id: UUID) -> int:
    """Void the rows that are live; their events name the row that led to them."""
    with deleting(deletion_id, through=[via] if _is_told(via, rows.model) else []):
        return int(rows.filter(**{f"{VOID}__isnull": True}).update(**{VOID: deletion_id}))


def _is_told(via: Any, model: Any) -> bool:
    """Return whether a field's column is in the table that has the flag."""
    if via is None or hasattr(via, "bulk_related_objects"):
        return via is not None
    return bool(via.model._meta.concrete_model is model._meta.concrete_model)


def _sever(collector: VoidCollector, deletion_id: UUID) -> None:
    """Set the references that ``on_delete`` says, of rows that are still live; remember them."""
    severed: list[Severed] = []
    for (field, value), found in collector.field_updates.items():
        for rows in _as_querysets(field, found, collector.using):
            severed += _sever_field(field, value, rows, collector.using)
    note_severed(collector.using, deletion_id, severed)


def _as_querysets(field: Any, found: Iterable[Any], using: str) -> Iterator[Any]:
    for each in found:
        if isinstance(each, models.QuerySet):
            yield each
        elif each:
            manager = field.model._base_manager.using(using)
            keys = [key_of(one) for one in each]
            yield only_live(with_keys(manager, key_fields(field.model), keys)).select_for_update()


def _sever_field(field: Any, value: Any, rows: Any, using: str) -> list[Severed]:
    """Set one reference of some rows, where it is not so already."""
    parts = key_fields(field.model)
    found = list(rows.order_by().values_list(*(part.attname for part in parts), field.attname))
    owner = field.model._base_manager.using(using)
    new = getattr(value, field.target_field.attname) if isinstance(value, models.Model) else value
    with_keys(owner, parts, [row[:-1] for row in found]).update(**{field.attname: new})
    return [
        Severed(
            field.model._meta.label,
            [_text(part, key) for part, key in zip(parts, row[:-1], strict=True)],
            field.column,
            _text(field, row[-1]),
            _text(field, new),
        )
        for row in found
        if row[-1] != new
    ]


def _text(field: Any, value: Any) -> str | None:
    """Return a value as text that PostgreSQL reads back into the column's type."""
    return None if value is None else str(field.get_prep_value(value))
