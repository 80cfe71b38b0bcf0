"""The generations of base models, with the indexes that docs/deletion.md recommends."""

from typing import ClassVar

from benchmarks.deletion.columns import (
    CertificateColumns,
    CompanyColumns,
    HolderColumns,
    live_index,
    void_index,
)
from django_base import BaseModel


class Company(CompanyColumns, BaseModel):
    """A root."""

    class Meta:
        indexes: ClassVar = [void_index()]


class Holder(HolderColumns, BaseModel):
    """A child."""

    class Meta:
        indexes: ClassVar = [void_index()]


class Certificate(CertificateColumns, BaseModel):
    """A grandchild."""

    class Meta:
        indexes: ClassVar = [*CertificateColumns.Meta.indexes, live_index(), void_index()]
