"""The tables recorded by backstory: the base class, and no deletion, which pghistory has not."""

from benchmarks.columns import CertificateColumns, CompanyColumns
from django_base import BaseModel


class Company(CompanyColumns, BaseModel):
    """A company."""

    void_id = None


class Certificate(CertificateColumns, BaseModel):
    """A certificate of a company."""

    void_id = None
