"""The base class of the models whose every change is recorded."""

from django.db import models


class BaseModel(models.Model):
    """A model whose every committed change becomes an event.

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
    whole model out.
    """

    class Meta:
        abstract = True
