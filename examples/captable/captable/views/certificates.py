"""Certificates: the list, one with its history, and everything that can happen to it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse

from django_base.views import any_member

from .. import register
from ..access import administers, reads_all, sees_certificate
from ..forms import CertificateForm, IssueForm, ReasonForm, RoundForm, TransferForm
from ..history import HistoryUnavailable, history_of
from ..models import Certificate
from .base import CompanyView, EditView


class Certificates(CompanyView):
    """All certificates for those who read all; a shareholder's own for a shareholder."""

    permission = None
    relaxed = any_member
    query = {"status": str, "page": str}

    def get(self, request, **kwargs):
        status = self.admission.query.get("status", "")
        certificates = self.admission.allowed(
            self.company.certificates.select_related("holder", "share_class"), sees_certificate
        )
        if status in Certificate.Status:
            certificates = certificates.filter(status=status)
        return self.page(
            "certificates",
            certificates=self.pages_of(certificates),
            statuses=Certificate.Status.choices,
            status=status,
        )


class OneCertificate(CompanyView):
    permission = administers
    url = {"certificate_id": Certificate}

    @property
    def certificate(self) -> Certificate:
        return self.objects.certificate


class CertificatePage(OneCertificate):
    permission = sees_certificate

    def get(self, request, **kwargs):
        certificate = self.certificate
        try:
            history, unavailable = history_of(certificate), ""
        except HistoryUnavailable as error:
            history, unavailable = [], str(error)
        return self.page(
            "certificate",
            certificate=certificate,
            legends=certificate.legends.all(),
            transfers=certificate.transfers_out.select_related("result__holder"),
            history=history,
            unavailable=unavailable,
        )


class IssueCertificate(EditView):
    """Issues, or with the button "preview" shows what would be and takes it back."""

    body = IssueForm
    submit = "Issue certificate"

    def instance(self):
        return Certificate(company=self.company)

    def title(self, instance):
        return "Issue a certificate"

    def back(self, instance):
        return reverse("certificates", args=(self.company.pk,))

    def post(self, request, **kwargs):
        form = self.admission.bind(instance=self.instance())
        if not form.is_valid():
            return self.answer(form)
        preview = form.cleaned_data["preview"]
        try:
            with transaction.atomic():
                certificate = register.issue(form.save(commit=False), form.cleaned_data["legends"])
                transaction.set_rollback(preview)
        except register.Refused as refused:
            form.add_error(None, str(refused))
            return self.answer(form)
        if preview:
            note = f"{certificate.number} can be issued. Nothing is saved yet."
            return self.answer(form, note)
        messages.success(request, f"Certificate {certificate.number} was issued.")
        return redirect(certificate)

    def answer(self, form, note=""):
        return self.page(
            "issue",
            http_status=422 if form.errors else 200,
            form=form,
            title=self.title(None),
            submit=self.submit,
            back=self.back(None),
            note=note,
        )


class IssueRound(CompanyView):
    permission = administers
    body = RoundForm

    def get(self, request, **kwargs):
        return self.answer(self.admission.bind(company=self.company))

    def post(self, request, **kwargs):
        form = self.admission.bind(company=self.company)
        if not form.is_valid():
            return self.answer(form)
        issued, refusals = register.issue_round(
            [
                Certificate(
                    company=self.company,
                    number=number,
                    holder=holder,
                    shares=shares,
                    share_class=form.cleaned_data["share_class"],
                    reference=form.cleaned_data["reference"],
                )
                for number, holder, shares in form.cleaned_data["lines"]
            ]
        )
        messages.success(request, f"{len(issued)} certificates were issued.")
        for refusal in refusals:
            messages.error(request, refusal)
        return redirect("certificates", company_id=self.company.pk)

    def answer(self, form):
        back = reverse("certificates", args=(self.company.pk,))
        return self.form_page(form, title="Issue several", submit="Issue all", back=back)


class EditCertificate(EditView):
    url = {"certificate_id": Certificate}
    body = CertificateForm

    def instance(self):
        return self.locked(self.objects.certificate)

    def title(self, instance):
        return f"Correct certificate {instance}"


class TransferCertificate(OneCertificate):
    body = TransferForm

    def get(self, request, **kwargs):
        certificate = self.certificate
        return self.answer(certificate, self.admission.bind(certificate=certificate))

    def post(self, request, **kwargs):
        certificate = self.certificate
        form = self.admission.bind(certificate=certificate)
        if form.is_valid():
            try:
                moved = register.transfer(certificate, **form.cleaned_data)
            except register.Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request, f"{moved.shares:,f} shares went to {moved.result.holder}."
                )
                return redirect(moved.result)
        return self.answer(certificate, form)

    def answer(self, certificate, form):
        return self.form_page(
            form,
            title=f"Transfer certificate {certificate}",
            note=f"{certificate.holder} holds {certificate.shares.normalize():,f} "
            f"{certificate.share_class} shares by it.",
            submit="Transfer",
            back=certificate.get_absolute_url(),
        )


class CancelCertificate(OneCertificate):
    body = ReasonForm

    def get(self, request, **kwargs):
        return self.answer(self.certificate, self.admission.bind())

    def post(self, request, **kwargs):
        certificate, form = self.certificate, self.admission.bind()
        if form.is_valid():
            try:
                register.cancel(certificate, **form.cleaned_data)
            except register.Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"Certificate {certificate} was cancelled.")
                return redirect(certificate)
        return self.answer(certificate, form)

    def answer(self, certificate, form):
        return self.form_page(
            form,
            title=f"Cancel certificate {certificate}",
            submit="Cancel it for good",
            back=certificate.get_absolute_url(),
        )


class Transfers(CompanyView):
    permission = reads_all
    query = {"page": str}

    def get(self, request, **kwargs):
        transfers = self.company.transfers.select_related(
            "source__holder", "source__share_class", "result__holder"
        )
        return self.page("transfers", transfers=self.pages_of(transfers))
