"""The plain tables."""

from benchmarks.columns import CertificateColumns, CompanyColumns


class Company(CompanyColumns):
    """A company."""


class Certificate(CertificateColumns):
    """A certificate of a company."""
