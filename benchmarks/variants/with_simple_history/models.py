"""The tables recorded by django-simple-history."""

from simple_history.models import HistoricalRecords

from benchmarks.columns import CertificateColumns, CompanyColumns


class Company(CompanyColumns):
    """A company."""

    history = HistoricalRecords()


class Certificate(CertificateColumns):
    """A certificate of a company."""

    history = HistoricalRecords()
