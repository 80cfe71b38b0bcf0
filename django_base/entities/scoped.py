"""Models and querysets whose writes keep to the entity; the bases of BaseModel and its queryset."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.db import models
from django.db.models.signals import class_prepared

from .bound import Bound, current_state
from .errors import EntityChanged
from .paths import EntityPath, entity_of
from .writes import check_objects, check_pointed, check_unmoved


class ScopedWrites:
    """What a queryset checks before it writes many rows at once."""

    model: Any
    _keeps_entities = False

    def update(self, **values: Any) -> int:
        """Update the rows; foreign keys point to the bound entity, and no row changes its own.

        Raises:
            EntityMismatch: a foreign key would point to a row of another entity.
            EntityChanged: a row would change its entity.
        """
        if not self._keeps_entities:
            self._check_update(values)
        return super().update(**values)  # type: ignore[misc, no-any-return]

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Any = None,
        unique_fields: Any = None,
    ) -> Any:
        """Insert the objects, each of the bound entity.

        Raises:
            EntityMismatch: one of them, or of what they point to, is not.
            EntityChanged: one would update the row of another entity.
        """
        objs = list(objs)
        if update_conflicts:
            self._check_conflicts(objs, unique_fields or ())
        state = current_state()
        if isinstance(state, Bound):
            check_objects(state, self.model, objs, self.db)  # type: ignore[attr-defined]
        return super().bulk_create(  # type: ignore[misc]
            objs, batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields
        )

    def bulk_update(
        self, objs: Iterable[Any], fields: Sequence[str], *args: Any, **more: Any
    ) -> Any:
        """Update the objects, checked as ``save`` checks each; two queries more at most a model.

        Raises:
            EntityMismatch: one of them, or of what they point to, is not of the bound entity.
            EntityChanged: one would change its entity.
        """
        objs = tuple(objs)
        state = current_state()
        if isinstance(state, Bound):
            check_objects(state, self.model, objs, self.db, fields)  # type: ignore[attr-defined]
        first = first_step_of(self.model)
        if first and {first.name, first.attname} & set(fields):
            keys = [each.pk for each in objs]
            rows = self.model._base_manager.using(self.db).filter(pk__in=keys)  # type: ignore[attr-defined]
            check_unmoved(self.model, rows, [(e.pk, getattr(e, first.attname)) for e in objs])
        checked = self._chain()  # type: ignore[attr-defined]
        checked._keeps_entities = True
        return super(ScopedWrites, checked).bulk_update(objs, fields, *args, **more)  # type: ignore[misc]

    def _check_conflicts(self, objs: list[Any], names: Iterable[str]) -> None:
        """Check that the rows which would be updated are of the same entities as the objects."""
        first, meta = first_step_of(self.model), self.model._meta
        unique = [meta.pk if name == "pk" else meta.get_field(name) for name in names]
        if first is None or first in unique or not unique:
            return

        def key_of(values: Any) -> tuple[Any, ...]:
            return tuple(each.to_python(value) for each, value in zip(unique, values, strict=True))

        named = [each.attname for each in unique]
        new = {key_of(getattr(each, name) for name in named): each for each in objs}
        rows = self.model._base_manager.using(self.db).filter(  # type: ignore[attr-defined]
            **{f"{name}__in": {key[at] for key in new} for at, name in enumerate(named)}
        )
        found = [(pk, new.get(key_of(key))) for pk, *key in rows.values_list("pk", *named)]
        moved = [(pk, getattr(each, first.attname)) for pk, each in found if each is not None]
        check_unmoved(self.model, rows, moved)

    def _check_update(self, values: dict[str, Any]) -> None:
        state = current_state()
        first = first_step_of(self.model)
        for name, value in values.items():
            field = self.model._meta.get_field(name) if name != "pk" else self.model._meta.pk
            if not isinstance(field, models.ForeignKey):
                continue
            key = (
                getattr(value, field.target_field.attname)
                if isinstance(value, models.Model)
                else value
            )
            is_own = first is not None and field is first
            if hasattr(key, "resolve_expression"):
                if is_own or (isinstance(state, Bound) and _is_scoped(field)):
                    raise EntityChanged(self.model._meta.label)
                continue
            if isinstance(state, Bound) and key is not None:
                check_pointed(state, field, [key], self.db)  # type: ignore[attr-defined]
            if is_own:
                keys = self.values_list("pk", flat=True)  # type: ignore[attr-defined]
                check_unmoved(self.model, self._chain(), [(each, key) for each in keys])  # type: ignore[attr-defined]

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._keeps_entities = self._keeps_entities
        return clone  # type: ignore[no-any-return]


class _ScopedQuerySet(ScopedWrites, models.QuerySet[Any, Any]):  # type: ignore[misc]
    """The queryset of base managers: related managers write by these."""


_ScopedManager = models.Manager.from_queryset(_ScopedQuerySet)


class ScopedModel(models.Model):
    """A model whose objects keep their entity."""

    class Meta:
        abstract = True

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        """Update the row where it points to what it pointed to; ask only when it does not.

        Raises:
            EntityChanged: it was to change its entity.
        """
        first = first_step_of(base_qs.model)
        written = [each[2] for each in values if each[0] is first] if first else []
        if not written:
            return super()._do_update(base_qs, using, pk_val, values, *rest)
        if hasattr(written[0], "resolve_expression"):
            raise EntityChanged(base_qs.model._meta.label)
        unmoved = base_qs.filter(**same(first, written[0]))
        found = super()._do_update(unmoved, using, pk_val, values, *rest)
        if found or not base_qs.filter(pk=pk_val).exists():
            return found
        check_unmoved(base_qs.model, base_qs.filter(pk=pk_val), [(pk_val, written[0])])
        return super()._do_update(base_qs, using, pk_val, values, *rest)


def give_base_manager(sender: Any, **_: Any) -> None:
    """Give a model the base manager that checks its writes; it hides no row, as Django's.

    Not by ``Meta.base_manager_name``: for that, migrations would be made of every model.
    """
    if issubclass(sender, ScopedModel) and sender._meta.base_manager_name is None:
        manager: Any = _ScopedManager()
        manager.auto_created = True
        manager.name = "_base_manager"
        manager.model = sender
        sender._meta.base_manager = manager


class_prepared.connect(give_base_manager, dispatch_uid="backstory.base_manager")


def first_step_of(model: Any) -> Any:
    """Return the foreign key by which a model's rows lead to their entity; None where none does."""
    path = entity_of(model)
    return path.fields[0] if isinstance(path, EntityPath) and path.fields else None


def same(field: Any, value: Any) -> dict[str, Any]:
    """Return the condition that a foreign key has a value."""
    return {f"{field.attname}__isnull": True} if value is None else {field.attname: value}


def _is_scoped(field: Any) -> bool:
    return isinstance(entity_of(field.related_model), EntityPath)
