"""The tables recorded by backstory; nothing but the base class is configured."""

from benchmarks.columns import CertificateColumns, CompanyColumns
from django_base import BaseModel


class Company(CompanyColumns, BaseModel):
    """A company."""


class Certificate(CertificateColumns, BaseModel):
    """A certificate of a company."""
