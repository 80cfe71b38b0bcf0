"""Removes for good what was voided long ago and what nothing keeps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connections, models, router, transaction
from django.db.models.deletion import (
    DO_NOTHING,
    Collector,
    ProtectedError,
    RestrictedError,
    get_candidate_relations_to_delete,
)

from ..capture.registry import options_of
from ..databases import statement_for
from .deletions import Deletion
from .fields import VOID, void_field_of
from .hard import remove_collected
from .holds import Hold, held
from .retention import Retention


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What became of a batch of rows of a model.

    Attributes:
        purged: rows removed; of a dry run, those that would be.
        kept: rows that are old enough, and are held or needed by what is to be kept.
    """

    model: str
    purged: int
    kept: int


class Purge:
    """Goes through the void rows of a database, in batches of a transaction each.

    A row goes when its model's retention and ``older_than`` are over, no hold is on it, and
    everything that goes with it may go as well: void, as old, and not held. It may be stopped
    between two batches and begun again: what is done is done.

    Args:
        older_than: since when a row must be void; a longer ``keep`` of its model wins.
        now: until when time counts.
        only: labels of models; none for all.
    """

    def __init__(
        self,
        using: str,
        older_than: Retention,
        now: datetime,
        *,
        batch: int = 500,
        dry_run: bool = False,
        only: tuple[str, ...] = (),
    ) -> None:
        self._using = using
        self._older_than = older_than
        self._now = now
        self._batch = batch
        self._dry_run = dry_run
        self._only = only

    def run(self) -> Iterator[Progress]:
        """Purge, and tell of each batch; those that refer to others come before these."""
        models_here = [each for each in apps.get_models() if self._has_rows(each)]
        for model in _dependents_first(models_here):
            if not self._only or model._meta.label in self._only:
                yield from self._purge_model(model)

    def _has_rows(self, model: type[models.Model]) -> bool:
        """Return whether a model has a flag of its own, on this database."""
        flag = void_field_of(model)
        is_own = flag is not None and flag.model is model
        return is_own and router.allow_migrate_model(self._using, model)

    def _purge_model(self, model: type[models.Model]) -> Iterator[Progress]:
        last = None
        while True:
            with transaction.atomic(self._using):
                holds = self._holds()
                keys = self._candidates(model, last)
                purged, kept = self._purge(model, keys, holds) if keys else (0, 0)
            if not keys:
                return
            last = keys[-1]
            yield Progress(model=model._meta.label, purged=purged, kept=kept)

    def _holds(self) -> list[Hold]:
        """Return the holds in force; whoever places one waits until this batch is done."""
        connection = connections[self._using]
        with connection.cursor() as cursor:
            cursor.execute(statement_for(connection, "lock_holds"))
        return list(Hold.objects.using(self._using).filter(released_at=None))

    def _candidates(self, model: type[models.Model], after: Any) -> list[Any]:
        """Return the keys of the next rows that are old enough, and lock them."""
        rows = self._rows(model).filter(self._is_old(model)).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        return list(rows.select_for_update().values_list("pk", flat=True)[: self._batch])

    def _purge(self, model: Any, keys: list[Any], holds: list[Hold]) -> tuple[int, int]:
        """Remove rows, or what can be of them; return how many went and how many are kept."""
        try:
            with transaction.atomic(self._using):
                self._remove(model, keys, holds)
        except (_Kept, IntegrityError, ProtectedError, RestrictedError):
            if len(keys) == 1:
                return 0, 1
            half = len(keys) // 2
            first = self._purge(model, keys[:half], holds)
            second = self._purge(model, keys[half:], holds)
            return first[0] + second[0], first[1] + second[1]
        return len(keys), 0

    def _remove(self, model: Any, keys: list[Any], holds: list[Hold]) -> None:
        """Remove rows and what goes with them, all of it or, by an exception, nothing."""
        rows = list(self._rows(model).filter(pk__in=keys))
        collector = Collector(using=self._using, origin=rows)  # type: ignore[arg-type]
        collector.collect(rows)
        if any(found.exists() for found in self._kept(collector, holds)):
            raise _Kept
        if not self._dry_run:
            remove_collected(collector, rows)
            connections[self._using].check_constraints()

    def _kept(self, collector: Any, holds: list[Hold]) -> Iterator[Any]:
        """Yield those of the rows that would go, or change, that are to be kept."""
        for model, found in collector.data.items():
            rows = self._rows(model).filter(pk__in=[each.pk for each in found])
            yield rows.filter(self._is_kept(model, holds))
            if self._dry_run:
                yield from self._left_behind(collector, model, found, holds)
        for rows in collector.fast_deletes:
            if self._dry_run:
                yield from self._left_behind(collector, rows.model, _all(rows), holds)
            yield _all(rows).filter(self._is_kept(rows.model, holds))
        for (field, _), several in collector.field_updates.items():
            for found in several:
                keys = found.values("pk") if hasattr(found, "query") else [one.pk for one in found]
                yield self._rows(field.model).filter(held(field.model, holds), pk__in=keys)

    def _left_behind(
        self, collector: Any, model: Any, found: Any, holds: list[Hold]
    ) -> Iterator[Any]:
        """Yield the rows whose foreign keys would refuse: on_delete does nothing about them."""
        relations: Any = get_candidate_relations_to_delete(model._meta)
        for relation in relations:
            field, other = relation.field, relation.related_model
            if relation.on_delete is DO_NOTHING and field.db_constraint:
                gone = [each.pk for each in collector.data.get(other, ())]
                rows = self._rows(other).filter(**{f"{field.name}__in": found})
                yield rows.filter(self._stays(other, holds)).exclude(pk__in=gone)

    def _stays(self, model: type[models.Model], holds: list[Hold]) -> models.Q:
        """Return the condition that a row, which nothing takes along, is not purged itself."""
        return models.Q() if void_field_of(model) is None else self._is_kept(model, holds)

    def _is_kept(self, model: type[models.Model], holds: list[Hold]) -> models.Q:
        """Return the condition that a row may not go; where there is no flag, only holds count."""
        if void_field_of(model) is None:
            return held(model, holds)
        return ~self._is_old(model) | held(model, holds)

    def _is_old(self, model: type[models.Model]) -> models.Q:
        """Return the condition that a row is void, and was before its retention began."""
        options = options_of(model)
        wanted = [self._older_than]
        if options is not None and options.keep:
            wanted.append(Retention.of(options.keep))
        moments = [each.before(self._now) for each in wanted]
        if None in moments:
            return models.Q(pk__in=[])
        deletions = Deletion.objects.using(self._using).filter(at__lt=min(filter(None, moments)))
        return models.Q(**{f"{VOID}__in": deletions.values("pk")})

    def _rows(self, model: Any) -> Any:
        return _all(model._base_manager.using(self._using))


class _Kept(Exception):  # noqa: N818
    """Something that would go is to be kept."""


def _all(rows: Any) -> Any:
    """Return a queryset that sees void rows in its joins, too."""
    found = rows.all()
    found.query.includes_void = True
    return found


def _dependents_first(found: Sequence[type[models.Model]]) -> list[type[models.Model]]:
    """Return models so that what refers to another comes first, as far as there is no circle."""
    order: list[type[models.Model]] = []
    seen: set[type[models.Model]] = set()

    def visit(model: Any) -> None:
        if model not in seen:
            seen.add(model)
            for relation in model._meta.related_objects:
                dependent = void_field_of(relation.related_model)
                if dependent is not None:
                    visit(dependent.model)
            order.append(model)

    for model in found:
        visit(model)
    return [model for model in order if model in found]
