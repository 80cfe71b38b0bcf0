"""What may happen to certificates; each is one transaction and one named action in the history."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError, Sum

from django_base import RestoreConflict, action

from .models import Certificate, ShareClass, Stakeholder, Transfer


class Refused(Exception):  # noqa: N818 - named by what happened
    """The register does not allow it; nothing was changed. The text is for the person who asked."""


def issue(certificate: Certificate, legends: Sequence = ()) -> Certificate:
    """Put a new certificate on the register; Refused when its class has not so many shares."""
    with action("certificate.issue", reason=certificate.reference):
        return _issue(certificate, legends)


def issue_round(certificates: Sequence[Certificate]) -> tuple[list[Certificate], list[str]]:
    """Issue each certificate that can be; return the issued ones and why the others were not."""
    issued, refusals = [], []
    with action("certificate.issue_round", reason=certificates[0].reference):
        for certificate in certificates:
            try:
                issued.append(_issue(certificate))
            except Refused as refused:
                refusals.append(f"{certificate.number}: {refused}")
    return issued, refusals


def transfer(
    certificate: Certificate, *, recipient: Stakeholder, shares: Decimal, number: str, reason: str
) -> Transfer:
    """Move shares to another holder: the old certificate ends, new ones take its place."""
    with action("certificate.transfer", subject=certificate, reason=reason):
        certificate = _locked(certificate)
        certificate.status = Certificate.Status.TRANSFERRED
        certificate.save()
        result = _part(certificate, number, recipient, shares)
        rest = certificate.shares - shares
        if rest < 0:
            held = f"{certificate.shares.normalize():,f}"
            raise Refused(f"Certificate {certificate.number} has only {held} shares.")
        if rest:
            _part(certificate, f"{number}-R", certificate.holder, rest)
        return Transfer.objects.create(
            company=certificate.company,
            source=certificate,
            result=result,
            shares=shares,
            reason=reason,
        )


def cancel(certificate: Certificate, *, reason: str) -> None:
    """End a certificate; its shares may be issued again."""
    with action("certificate.cancel", subject=certificate, reason=reason):
        certificate = _locked(certificate)
        certificate.status = Certificate.Status.CANCELLED
        certificate.save()


def remove(certificate: Certificate, *, reason: str) -> None:
    """Take back what was entered by mistake: hidden everywhere, and kept to be restored."""
    with action("certificate.remove", subject=certificate, reason=reason):
        try:
            certificate.delete()
        except ProtectedError:
            raise Refused(f"Certificate {certificate} was transferred and stays.") from None


def restore(row: Certificate | Stakeholder) -> None:
    """Bring back what was removed, and what went with it."""
    with action("register.restore", subject=row):
        try:
            row.restore()
        except RestoreConflict as conflict:
            raise Refused(f"{row} cannot be restored: {conflict}") from conflict


def _locked(certificate: Certificate) -> Certificate:
    """Return the certificate as it is now, kept from others until the transaction ends."""
    now = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if not now.is_active:
        raise Refused(f"Certificate {now.number} is {now.get_status_display().lower()} already.")
    return now


def _part(certificate: Certificate, number: str, holder: Stakeholder, shares: Decimal):
    if Certificate.objects.filter(company=certificate.company, number=number).exists():
        raise Refused(f"Certificate {number} exists already.")
    return Certificate.objects.create(
        company=certificate.company,
        number=number,
        share_class=certificate.share_class,
        holder=holder,
        shares=shares,
        fair_value=certificate.fair_value,
        reference=certificate.reference,
    )


def _issue(certificate: Certificate, legends: Sequence = ()) -> Certificate:
    with transaction.atomic():
        # The class row is locked, so two people cannot both issue the last shares.
        share_class = ShareClass.objects.select_for_update().get(pk=certificate.share_class_id)
        same = Certificate.objects.filter(company=certificate.company_id, number=certificate.number)
        if same.exists():
            raise Refused(f"Certificate {certificate.number} exists already.")
        certificate.save()
        certificate.legends.set(legends)
        active = share_class.certificates.filter(status=Certificate.Status.ACTIVE)
        total = active.aggregate(total=Sum("shares"))["total"]
        if total > share_class.authorised:
            over = (total - share_class.authorised).normalize()
            raise Refused(f"{share_class} would have {over:,f} shares more than authorised.")
    return certificate
