"""The tables recorded by django-pghistory's statement triggers."""

import pghistory

from benchmarks.columns import CertificateColumns, CompanyColumns

LEVEL = pghistory.Statement


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), level=LEVEL
)
class Company(CompanyColumns):
    """A company."""


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), level=LEVEL
)
class Certificate(CertificateColumns):
    """A certificate of a company."""
