"""Finds what a deletion takes: Django's Collector, on live rows that it locks as it goes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.models.deletion import (
    CASCADE,
    DO_NOTHING,
    Collector,
    get_candidate_relations_to_delete,
)

from .fields import keep_when_void, void_field_of
from .keys import AnyOf, key_of
from .queryset import only_live

Via = Any  # the field by which rows were reached: a foreign key, a generic relation; None for roots


class Leaves(NamedTuple):
    """Rows that nothing depends on: they are voided without being read.

    Attributes:
        rows: they as a queryset.
        via: the field by which they were reached.
    """

    rows: Any
    via: Via


class VoidCollector(Collector):
    """Collects live rows, each locked before its dependents are looked for.

    A session that inserts a dependent holds KEY SHARE on the row it depends on: the lock waits for
    its end, and the dependent is then seen.

    Attributes:
        taken: of each model that has a flag of its own, key to the field by which a row was found.
        leaves: rows that are voided by a condition on their reference.
    """

    def __init__(self, using: str, origin: Any = None) -> None:
        super().__init__(using, origin)
        self.taken: dict[Any, dict[tuple[Any, ...], Via]] = defaultdict(dict)
        self.leaves: list[Leaves] = []
        self._via: Via = None

    def chosen(self, queryset: Any) -> Any:
        """Return those of some rows that may be taken: live ones."""
        return only_live(queryset)

    def leaves_alone(self, field: Any) -> bool:
        """Return whether voiding does nothing to the rows that refer by a field.

        Those are declared exceptions, and rows of models without a flag (many-to-many tables, other
        people's models): removing them could not be taken back.
        """
        on_delete = field.remote_field.on_delete
        if isinstance(on_delete, keep_when_void):
            return True
        return on_delete is CASCADE and void_field_of(field.model) is None

    def collect(self, objs: Any, source: Any = None, *args: Any, **options: Any) -> None:
        """Add objects and what depends on them; their parents are the same objects."""
        if not options.get("reverse_dependency"):
            self._via = _field_to(source, options.get("source_attr"), objs)
        if isinstance(objs, models.QuerySet):
            if objs.query.select_for_update is False:  # found by a generic relation
                if void_field_of(objs.model) is None:
                    return
                objs = self.chosen(objs).select_for_update()
            if self.can_fast_delete(objs):
                self.leaves.append(Leaves(objs, self._via))
                self.fast_deletes.append(objs)
                return
        _make_parents(objs, self.using)
        super().collect(objs, source, *args, **options)

    def add(self, objs: Any, *args: Any, **options: Any) -> Any:
        """Note how each object was reached, the first time."""
        found = super().add(objs, *args, **options)
        if found:
            flag = void_field_of(found[0])
            if flag is not None and flag.model is found[0]._meta.concrete_model:
                taken = self.taken[flag.model]
                for each in found:
                    taken.setdefault(key_of(each), self._via)
        return found

    def can_fast_delete(self, objs: Any, from_field: Any = None) -> bool:
        """Return whether rows need not be read: nothing depends on them, nobody listens.

        True as well for those that a deletion leaves alone: see ``related_objects``.
        """
        if from_field is not None and self.leaves_alone(from_field):
            return True
        model: Any = objs if isinstance(objs, type) else getattr(objs, "model", None)
        if model is None or self._has_signal_listeners(model):  # type: ignore[attr-defined]
            return False
        if from_field is not None and from_field.remote_field.on_delete is not CASCADE:
            return False
        meta = model._meta
        links = meta.concrete_model._meta.parents.values()
        return (
            void_field_of(model) is not None
            and not any(links)
            and all(
                related.field.remote_field.on_delete is DO_NOTHING
                or self.leaves_alone(related.field)
                for related in _relations(meta)
            )
            and not any(hasattr(each, "bulk_related_objects") for each in meta.private_fields)
        )

    def get_del_batches(self, objs: Any, fields: Any) -> Any:
        """Return one batch: keys are sent as an array."""
        return [objs]

    def related_objects(self, related_model: Any, related_fields: Any, objs: Any) -> Any:
        """Return the live dependents by some fields, locked when they are read."""
        queryset = related_model._base_manager.using(self.using)
        fields = [each for each in related_fields if not self.leaves_alone(each)]
        if not fields:
            return queryset.none()
        found = [self._referring(queryset, field, objs) for field in fields]
        if all(self.can_fast_delete(related_model, from_field=each) for each in fields):
            self.leaves += [Leaves(*each) for each in zip(found, fields, strict=True)]
        combined = found[0]
        for each in found[1:]:
            combined |= each
        return combined

    def _referring(self, queryset: Any, field: Any, objs: Iterable[Any]) -> Any:
        pairs = field.related_fields
        alias = queryset.query.get_initial_alias()
        columns = [_column(queryset, local, alias) for local, _ in pairs]
        keys = [tuple(getattr(each, target.attname) for _, target in pairs) for each in objs]
        return self.chosen(queryset.filter(AnyOf(columns, keys))).select_for_update()


def _column(queryset: Any, field: Any, alias: str) -> Any:
    if field.model is queryset.model._meta.concrete_model:
        return field.get_col(alias)
    return queryset.query.resolve_ref(field.name)


def _relations(meta: Any) -> Any:
    return get_candidate_relations_to_delete(meta)


def _field_to(source: Any, name: str | None, objs: Any) -> Via:
    """Return the field by which objects of a cascade were found."""
    if source is None:
        return None
    model = objs.model if isinstance(objs, models.QuerySet) else type(objs[0])
    if name is not None:
        return model._meta.get_field(name)
    related = (
        each for each in source._meta.private_fields if hasattr(each, "bulk_related_objects")
    )
    return next((each for each in related if each.remote_field.model is model), None)


def _make_parents(objs: Sequence[Any], using: str) -> None:
    """Give each object its parents, made of the object: Django would ask for them one by one."""
    for each in objs:
        meta = each._meta.concrete_model._meta
        for parent, link in meta.parents.items():
            if link is None or link.is_cached(each):
                continue
            names = [
                field.attname
                for field in parent._meta.concrete_fields
                if field.attname in each.__dict__ or field.primary_key
            ]
            values = [getattr(each, name) for name in names]
            link.set_cached_value(each, parent.from_db(using, names, values))
