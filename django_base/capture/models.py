"""The base class of the models whose every change is recorded."""

from typing import Any, ClassVar

from django.db import models

from ..deletion.fields import VOID, VoidField
from ..deletion.queryset import BaseManager


class BaseModel(models.Model):
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

    ``reason_required = True`` demands a reason for every write; ``untracked = "reason"`` leaves a
    whole model out. ``void_id = None`` in its body makes ``delete()`` remove its rows for good, as
    Django does.
    """

    void_id = VoidField()

    objects: ClassVar[BaseManager] = BaseManager()

    class Meta:
        abstract = True

    @property
    def is_void(self) -> bool:
        """Whether a deletion took the row, as far as this object knows."""
        return self.void_id is not None

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        """Leave the flag alone: an object that was loaded before knows nothing of it."""
        kept = [each for each in values if each[0].name != VOID]
        return super()._do_update(base_qs, using, pk_val, kept, *rest)
