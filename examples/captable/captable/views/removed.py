"""What was removed: each certificate and each stakeholder can come back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from .. import register
from ..access import administers
from ..forms import ReasonForm
from ..models import Certificate, Stakeholder
from .base import CompanyView
from .certificates import OneCertificate

KINDS = {"certificate": Certificate, "stakeholder": Stakeholder}


class RemoveCertificate(OneCertificate):
    """Removes what was entered by mistake; a certificate that was transferred stays."""

    body = ReasonForm

    def get(self, request, **kwargs):
        return self.answer(self.certificate, self.admission.bind())

    def post(self, request, **kwargs):
        certificate, form = self.certificate, self.admission.bind()
        if form.is_valid():
            try:
                register.remove(certificate, **form.cleaned_data)
            except register.Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"Certificate {certificate} was removed.")
                return redirect("certificates", company_id=self.company.pk)
        return self.answer(certificate, form)

    def answer(self, certificate, form):
        return self.form_page(
            form,
            title=f"Remove certificate {certificate}",
            note="It can be restored from the list of what was removed.",
            submit="Remove it",
            back=certificate.get_absolute_url(),
        )


class Removed(CompanyView):
    """The void rows of the company, the newest first: their ids are in the order of time."""

    permission = administers

    def get(self, request, **kwargs):
        rows = [
            {"kind": kind, "row": row}
            for kind, model in KINDS.items()
            for row in _removed(model, self.company).order_by("-void_id", "pk")
        ]
        return self.page("removed", rows=rows)


class RestoreRemoved(CompanyView):
    permission = administers
    url = {"kind": str, "removed_id": int}

    def post(self, request, **kwargs):
        if (model := KINDS.get(kwargs["kind"])) is None:
            raise Http404
        row = get_object_or_404(_removed(model, self.company), pk=kwargs["removed_id"])
        try:
            register.restore(row)
        except register.Refused as refused:
            messages.error(request, str(refused))
            return redirect("removed", company_id=self.company.pk)
        messages.success(request, f"{row} was restored.")
        return redirect(row)


def _removed(model, company):
    rows = model.objects.all_objects_including_void().filter(company=company)
    return rows.exclude(void_id=None)
