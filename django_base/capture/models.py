"""The base class of the models whose every change is recorded."""

from typing import Any, ClassVar

from asgiref.sync import sync_to_async

from ..deletion.deletions import Deletion
from ..deletion.fields import VOID, VoidField, void_field_of
from ..deletion.hard import hard_delete_instance
from ..deletion.hiding import hide_void_rows
from ..deletion.queryset import BaseManager
from ..deletion.restoring import restore_instance
from ..deletion.uniqueness import validating
from ..deletion.voiding import void_instance
from ..entities.scoped import ScopedModel


class BaseModel(ScopedModel):
    """A model whose every committed change becomes an event, and whose rows are never lost.

    Say more with an inner class, inherited like ``Meta``::

        class Certificate(BaseModel):
            company = models.ForeignKey(Company, on_delete=models.CASCADE)

            class Backstory:
                entity = "company"                  # whose data it is; "self" for the row itself
                masked = ("notes",)                 # never leaves this database
                personal = ("holder_name",)         # marked, for later erasure
                reason_for = ("shares",)            # no change of it without a reason
                exclude = {"scan": "kept by the document store"}   # not recorded, and why
                keep = "7 years"                    # how long void rows stay before a purge

    ``reason_required = True`` demands a reason for every write; ``untracked = "reason"`` leaves a
    whole model out. ``void_id = None`` in its body makes ``delete()`` remove its rows for good, as
    Django does.
    """

    void_id = VoidField()

    objects: ClassVar[BaseManager] = BaseManager()

    class Meta:
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Have void rows hidden before the first model of ours is there."""
        super().__init_subclass__(**options)
        hide_void_rows()

    @property
    def is_void(self) -> bool:
        """Whether a deletion took the row, as far as this object knows."""
        return self.void_id is not None

    @property
    def deletion(self) -> Deletion | None:
        """The deletion that took the row; None for a live one. One query."""
        if self.void_id is None:
            return None
        return Deletion.objects.using(self._state.db or "default").filter(pk=self.void_id).first()

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Void the row and its dependents, as ``on_delete`` says; return how many, as Django does.

        The object keeps its key. A row that is void already is left as it is. Of a model without a
        flag the row is deleted as Django does.

        Raises:
            ValueError: the object was never saved, or ``keep_parents``: a row of several tables has
                one flag.
            ProtectedError, RestrictedError: as Django does, before anything was changed.
        """
        if void_field_of(type(self)) is None:
            return super().delete(using, keep_parents)
        if self.pk is None or keep_parents:
            problem = "its parents cannot be kept" if keep_parents else "it has no primary key"
            raise ValueError(f"{self._meta.object_name} object can't be deleted: {problem}")
        return void_instance(self, using)

    delete.alters_data = True  # type: ignore[attr-defined]

    def hard_delete(self, using: Any = None) -> tuple[int, dict[str, int]]:
        """Remove the row for good, with what depends on it, void or not; return how many.

        It is Django's own deletion, with a record and the mark that the database asks for.

        Raises:
            ValueError: the object was never saved.
            ProtectedError, RestrictedError: as Django does, before anything was changed.
        """
        return hard_delete_instance(self, using)

    hard_delete.alters_data = True  # type: ignore[attr-defined]

    async def ahard_delete(self, using: Any = None) -> tuple[int, dict[str, int]]:
        """Do what hard_delete() does, in a thread."""
        return await sync_to_async(self.hard_delete)(using)

    ahard_delete.alters_data = True  # type: ignore[attr-defined]

    def restore(self) -> tuple[int, dict[str, int]]:
        """Bring the row back, with what its deletion took below it; return how many.

        The object is as the row is afterwards. A live row is left as it is.

        Raises:
            RestoreConflict: an ancestor is void, or a live row has a unique value; nothing is
                restored.
        """
        counts = restore_instance(self)
        self.void_id = None
        return counts

    restore.alters_data = True  # type: ignore[attr-defined]

    async def arestore(self) -> tuple[int, dict[str, int]]:
        """Do what restore() does, in a thread."""
        return await sync_to_async(self.restore)()

    arestore.alters_data = True  # type: ignore[attr-defined]

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate as the database does: what is unique among all rows is so among void ones."""
        with validating(includes_void=True):
            super().validate_constraints(exclude)

    def _perform_unique_checks(self, unique_checks: Any) -> Any:
        """Look at void rows, too: they keep the values of unique fields."""
        with validating(includes_void=True):
            return super()._perform_unique_checks(unique_checks)  # type: ignore[misc]

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        """Leave the flag alone: an object that was loaded before knows nothing of it."""
        kept = [each for each in values if each[0].name != VOID]
        return super()._do_update(base_qs, using, pk_val, kept, *rest)
