"""The generations by django-safedelete, with the policy that voids dependents, too."""

from safedelete.config import SOFT_DELETE_CASCADE
from safedelete.models import SafeDeleteModel

from benchmarks.deletion.columns import CertificateColumns, CompanyColumns, HolderColumns


class Company(CompanyColumns, SafeDeleteModel):
    """A root."""

    _safedelete_policy = SOFT_DELETE_CASCADE


class Holder(HolderColumns, SafeDeleteModel):
    """A child."""

    _safedelete_policy = SOFT_DELETE_CASCADE


class Certificate(CertificateColumns, SafeDeleteModel):
    """A grandchild."""

    _safedelete_policy = SOFT_DELETE_CASCADE
