"""Brings back what a deletion took: those rows, their dependents of it, and severed references."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, router, transaction
from django.db.models.deletion import CASCADE, get_candidate_relations_to_delete

from ..subjects import subject_of
from .collecting import VoidCollector
from .conflicts import REFERS_TO_VOID, ConstraintFailed, conflict_of, diagnosis_of
from .errors import RestoreConflict
from .fields import VOID, void_field_of
from .joined import is_loose
from .keys import key_fields, key_of, with_keys
from .severing import rejoin
from .takings import Taking, clear_flags, counts_of, set_flag, takings
from .voiding import Counts, in_transaction


class RestoreCollector(VoidCollector):
    """Collects the rows that one deletion took, from some of them downwards."""

    def __init__(self, using: str, deletion_id: UUID) -> None:
        super().__init__(using)
        self.deletion_id = deletion_id

    def chosen(self, queryset: Any) -> Any:
        """Return the rows of the deletion."""
        return queryset.filter(**{VOID: self.deletion_id})

    def leaves_alone(self, field: Any) -> bool:
        """Return whether no row was taken by a field: only a cascade takes any."""
        return field.remote_field.on_delete is not CASCADE or void_field_of(field.model) is None

    def can_fast_delete(self, objs: Any, from_field: Any = None) -> bool:
        """Return whether rows need not be read: all they refer to comes back with them.

        And nothing that may only refer to a live row refers to them: they are known to be back.
        """
        model: Any = objs if isinstance(objs, type) else getattr(objs, "model", None)
        known = model is None or (from_field is not None and self.leaves_alone(from_field))
        if not known and (
            any(each != from_field for each in references(model))
            or not all(
                is_loose(each.field)  # type: ignore[attr-defined]  # relations, not fields
                for each in get_candidate_relations_to_delete(model._meta)
            )
        ):
            return False
        return super().can_fast_delete(objs, from_field)

    def _has_signal_listeners(self, model: Any) -> bool:
        return False


def restore_rows(rows: Any, *, at_once: bool = False) -> Counts:
    """Bring back rows of a queryset that are void, and what their deletions took with them.

    Args:
        at_once: whether all of a deletion is one statement, as rows that refer to each other need;
            tried by itself where the database refuses them one table after the other.

    Returns:
        How many rows, and how many of each model, as ``delete()`` does.

    Raises:
        RestoreConflict: an ancestor is void, or a live row has a unique value; nothing is restored.
    """
    using, found = rows.db, defaultdict(list)
    counts: Counter[str] = Counter()
    try:
        with in_transaction(using), transaction.atomic(using):
            for each in rows.select_for_update().order_by("pk"):
                if each.void_id is not None:
                    found[each.void_id].append(each)
            for deletion_id in sorted(found, reverse=True):
                counts += _restore(found[deletion_id], deletion_id, using, at_once)
    except ConstraintFailed as failed:
        if not at_once and diagnosis_of(failed.error, "sqlstate") == REFERS_TO_VOID:
            return restore_rows(rows, at_once=True)
        raise conflict_of(failed.error, failed.rows) from failed.error
    return counts.total(), dict(counts)


def restore_instance(instance: Any) -> Counts:
    """Bring back the row of an object; see :func:`restore_rows`."""
    using = router.db_for_write(type(instance), instance=instance)
    rows = with_keys(
        type(instance)._base_manager.using(using), key_fields(instance), [key_of(instance)]
    )
    return (0, {}) if void_field_of(type(instance)) is None else restore_rows(rows)


def restore_deletion(deletion: Any) -> Counts:
    """Bring back all that a deletion took; see :func:`restore_rows`."""
    if deletion.kind == "hard":
        subject = f"deletion {deletion.pk}"
        raise RestoreConflict("removed for good", subject=subject, model=None, fields=())
    model = apps.get_model(deletion.roots["subjects"][0].partition("/")[0])
    using = deletion._state.db
    return restore_rows(model._base_manager.using(using).filter(**{VOID: deletion.pk}))


def references(model: Any) -> list[Any]:
    """Return the references of a model's own table that a live row may not have to a void one."""
    return [
        field
        for field in model._meta.concrete_model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey)
        and not field.remote_field.parent_link
        and void_field_of(field.remote_field.model) is not None
        and not is_loose(field)
    ]


def _restore(roots: Sequence[Any], deletion_id: UUID, using: str, at_once: bool) -> Counter[str]:
    """Bring back some rows of one deletion, and what it took with them."""
    collector = RestoreCollector(using, deletion_id)
    collector.collect(roots)
    for model, found in list(collector.data.items()):
        _check_ancestors(collector, model, list(found))
    counts = counts_of(collector)
    taken = list(takings(collector))
    for several in [taken] if at_once else [[each] for each in _parents_first(taken)]:
        for each, number in zip(several, _clear_flags(collector, several), strict=True):
            counts[each.label] += 0 if each.is_counted else number
    rejoin(using, deletion_id, len(roots), partial(_back_by, collector))
    return counts


def _parents_first(found: Iterable[Taking]) -> Iterator[Taking]:
    """Give rows after those they refer to: the database lets none live below a void one."""
    waiting = list(found)
    while waiting:
        models = {_table(each) for each in waiting}
        free = {each for each in models if not _targets(each) & models - {each}} or models
        yield from (each for each in waiting if _table(each) in free)
        waiting = [each for each in waiting if _table(each) not in free]


def _table(taking: Taking) -> Any:
    return taking.rows.model._meta.concrete_model


def _targets(model: Any) -> set[Any]:
    """Return the models whose flags decide whether a row of this one may live."""
    flags = (void_field_of(field.remote_field.model) for field in references(model))
    return {flag.model for flag in flags if flag is not None}


def _back_by(collector: RestoreCollector, field: Any) -> set[str]:
    """Return the values by which a field refers to rows that were brought back, as texts."""
    target = field.target_field
    back = _collected(collector, field.remote_field.model)
    return {str(target.get_prep_value(getattr(each, target.attname))) for each in back}


def _check_ancestors(collector: RestoreCollector, model: Any, found: Sequence[Any]) -> None:
    """Lock what rows refer to beside each other, and refuse where it is void."""
    ways = set(collector.taken[model._meta.concrete_model].values())
    fields = [each for each in references(model) if ways != {each}]
    own = with_keys(
        model._base_manager.using(collector.using), key_fields(model), map(key_of, found)
    )
    for relation in _generic_relations_to(model) if found else ():
        if ways != {relation}:
            _check_generic(collector, relation, own)
    if not fields or not found:
        return
    values = list(own.order_by().values_list(*(field.attname for field in fields)))
    for position, field in enumerate(fields):
        target, column = field.remote_field.model, field.target_field
        known = {getattr(each, column.attname) for each in _collected(collector, target)}
        outside = {(row[position],) for row in values if row[position] is not None} - {
            (each,) for each in known
        }
        if outside:
            _check_ancestor(
                model,
                field,
                with_keys(target._base_manager.using(collector.using), [column], outside),
            )


def _generic_relations_to(model: Any) -> Iterator[Any]:
    """Give the generic relations by which rows of a model are voided with others."""
    for owner in apps.get_models():
        if void_field_of(owner) is not None and not owner._meta.proxy:
            for each in owner._meta.private_fields:
                if hasattr(each, "bulk_related_objects") and each.remote_field.model is model:
                    yield each


def _check_generic(collector: RestoreCollector, relation: Any, own: Any) -> None:
    """Do what _check_ancestors does for the rows that own others by a generic relation."""
    owner, name = relation.model, relation.object_id_field_name
    kind = relation.get_content_type()
    keys = own.filter(**{relation.content_type_field_name: kind}).order_by().values_list(name)
    known = {each.pk for each in _collected(collector, owner)}
    outside = {(owner._meta.pk.to_python(key),) for (key,) in keys} - {(each,) for each in known}
    if outside:
        rows = with_keys(owner._base_manager.using(collector.using), [owner._meta.pk], outside)
        _check_ancestor(own.model, own.model._meta.get_field(name), rows)


def _check_ancestor(model: Any, field: Any, rows: Any) -> None:
    for each in rows.select_for_update(no_key=True).order_by("pk"):
        if each.is_void:
            raise RestoreConflict(
                "ancestor void", subject=subject_of(each), model=model, fields=(field.name,)
            )


def _collected(collector: Any, target: Any) -> list[Any]:
    concrete = target._meta.concrete_model
    return [
        each
        for model, found in collector.data.items()
        if issubclass(model._meta.concrete_model, concrete)
        for each in found
    ]


def _clear_flags(collector: RestoreCollector, several: Sequence[Taking]) -> list[int]:
    """Make rows live again, in one statement."""
    deletion_id = collector.deletion_id
    try:
        if len(several) > 1:
            return clear_flags(several, collector.using, deletion_id)
        return [set_flag(each, deletion_id, deletion_id, None) for each in several]
    except IntegrityError as error:
        table = diagnosis_of(error, "table_name")
        failed = next((e for e in several if e.rows.model._meta.db_table == table), several[0])
        raise ConstraintFailed(error, failed.rows) from error
