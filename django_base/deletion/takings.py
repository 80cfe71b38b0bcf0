"""What a collector has found, as statements to be sent: one for each table and way to it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections
from django.db.models.sql import UpdateQuery

from .collecting import VoidCollector
from .fields import VOID
from .keys import key_fields, with_keys
from .marking import deleting


class Taking(NamedTuple):
    """Rows of one table that were reached by one field.

    Attributes:
        rows: they as a queryset.
        via: the field; None for those that were named.
        is_counted: whether they were read, and are among ``counts_of``.
    """

    rows: Any
    via: Any
    is_counted: bool

    @property
    def label(self) -> str:
        """The label of their model."""
        return str(self.rows.model._meta.label)


def takings(collector: VoidCollector) -> Iterator[Taking]:
    """Give what was found, from the roots downwards."""
    for model, taken in collector.taken.items():
        rows, found = model._base_manager.using(collector.using), defaultdict(list)
        for key, via in taken.items():
            found[via].append(key)
        for via, keys in found.items():
            yield Taking(with_keys(rows, key_fields(model), keys), via, True)
    for leaves in collector.leaves:
        yield Taking(*leaves, False)


def counts_of(collector: VoidCollector) -> Counter[str]:
    """Return how many objects of each model were read; one with its proxy's is one."""
    counts: Counter[str] = Counter()
    seen: dict[Any, set[Any]] = defaultdict(set)
    for model, each in collector.instances_with_model():
        known = seen[model._meta.concrete_model]
        counts[model._meta.label] += each.pk not in known
        known.add(each.pk)
    return counts


def set_flag(taking: Taking, deletion_id: UUID, before: UUID | None, after: UUID | None) -> int:
    """Set the flag of rows where it is ``before``; their events name the row that led to them."""
    told = [taking.via] if _is_told(taking.via, taking.rows.model) else []
    with deleting(deletion_id, through=told):
        same = {f"{VOID}__isnull": True} if before is None else {VOID: before}
        return int(taking.rows.filter(**same).update(**{VOID: after}))


def clear_flags(several: Sequence[Taking], using: str, deletion_id: UUID) -> list[int]:
    """Make rows of several takings live in one statement; return how many of each.

    The database looks at references when all of it is done: rows may refer to each other.
    """
    updates, params = [], []
    for position, each in enumerate(several):
        query: Any = each.rows.filter(**{VOID: deletion_id}).query.chain(UpdateQuery)
        query.add_update_values({VOID: None})
        query.clear_ordering(force=True)
        sql, values = query.get_compiler(using).as_sql()
        updates.append(f"t{position} AS ({sql} RETURNING 1)")
        params += values
    counts = ", ".join(f"(SELECT count(*) FROM t{each})" for each in range(len(updates)))  # noqa: S608
    with deleting(deletion_id), connections[using].cursor() as cursor:
        cursor.execute(f"WITH {', '.join(updates)} SELECT {counts}", params)
        return list(cursor.fetchone())


def _is_told(via: Any, model: Any) -> bool:
    """Return whether a field's column is in the table that has the flag."""
    if via is None or hasattr(via, "bulk_related_objects"):
        return via is not None
    return bool(via.model._meta.concrete_model is model._meta.concrete_model)
