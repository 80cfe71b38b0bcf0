"""The generations as plain Django has them."""

from benchmarks.deletion.columns import CertificateColumns, CompanyColumns, HolderColumns


class Company(CompanyColumns):
    """A root."""


class Holder(HolderColumns):
    """A child."""


class Certificate(CertificateColumns):
    """A grandchild."""
