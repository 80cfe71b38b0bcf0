"""The columns of three generations, the same in every variant."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

STATUS_AND_KEY = ("status", "-id")


class CompanyColumns(models.Model):
    """A root of the cascade."""

    name = models.CharField(max_length=100)

    class Meta:
        abstract = True


class HolderColumns(models.Model):
    """One of ten children."""

    company = models.ForeignKey("Company", on_delete=models.CASCADE)
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True


class CertificateColumns(models.Model):
    """One of three grandchildren; what the list shows."""

    holder = models.ForeignKey("Holder", on_delete=models.CASCADE)
    number = models.CharField(max_length=30)
    status = models.CharField(max_length=10)
    shares = models.DecimalField(max_digits=20, decimal_places=4)

    class Meta:
        abstract = True
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=STATUS_AND_KEY, name="%(app_label)s_all")
        ]


def live_index() -> models.Index:
    """Return the partial index that a list of live rows reads."""
    return models.Index(
        fields=STATUS_AND_KEY, name="%(app_label)s_live", condition=Q(void_id__isnull=True)
    )


def void_index() -> models.Index:
    """Return the partial index that restoring reads."""
    return models.Index(
        fields=["void_id"], name="%(app_label)s_%(class)s_v", condition=Q(void_id__isnull=False)
    )
