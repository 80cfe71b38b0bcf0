"""The tables recorded by django-auditlog."""

from auditlog.registry import auditlog

from benchmarks.columns import CertificateColumns, CompanyColumns


class Company(CompanyColumns):
    """A company."""


class Certificate(CertificateColumns):
    """A certificate of a company."""


auditlog.register(Company)
auditlog.register(Certificate)
