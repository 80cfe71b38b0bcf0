"""The tables recorded by django-pghistory: its three events, default row triggers and context."""

import pghistory

from benchmarks.columns import CertificateColumns, CompanyColumns


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Company(CompanyColumns):
    """A company."""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Certificate(CertificateColumns):
    """A certificate of a company."""
