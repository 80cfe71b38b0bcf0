"""The people and funds behind the shares."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.shortcuts import redirect

from ..access import administers, reads_all, sees_certificate, sees_person
from ..forms import StakeholderForm
from ..models import Certificate, Stakeholder
from .base import CompanyView, EditView

ACTIVE = Q(certificates__status=Certificate.Status.ACTIVE)


class Stakeholders(CompanyView):
    permission = reads_all
    query = {"q": str, "page": str}

    def get(self, request, **kwargs):
        query = self.admission.query.get("q", "").strip()
        people = self.company.stakeholders.annotate(
            active=Count("certificates", filter=ACTIVE),
            held=Sum("certificates__shares", filter=ACTIVE),
        ).order_by("name", "pk")
        if query:
            people = people.filter(Q(name__icontains=query) | Q(email__icontains=query))
        return self.page("stakeholders", people=self.pages_of(people), query=query)


class StakeholderPage(CompanyView):
    permission = sees_person
    url = {"stakeholder_id": Stakeholder}

    def get(self, request, **kwargs):
        person = self.objects.stakeholder
        certificates = self.admission.allowed(
            person.certificates.select_related("share_class"), sees_certificate
        )
        return self.page("stakeholder", person=person, certificates=certificates)


class EditStakeholder(EditView):
    url = {"stakeholder_id": Stakeholder}
    body = StakeholderForm

    def instance(self):
        if "stakeholder_id" not in self.objects:
            return Stakeholder(company=self.company)
        return self.locked(self.objects.stakeholder)

    def title(self, instance):
        return f"Edit {instance}" if instance.pk else "New stakeholder"


class RemoveStakeholder(CompanyView):
    """Deletes somebody who never held anything; a holder stays on the register for ever."""

    permission = administers
    url = {"stakeholder_id": Stakeholder}

    @transaction.atomic
    def post(self, request, **kwargs):
        person = self.locked(self.objects.stakeholder)
        certificates = person.certificates.select_related("share_class")
        if certificates:
            messages.error(request, f"{person} holds or held certificates and stays.")
            return self.page(
                "stakeholder", http_status=409, person=person, certificates=certificates
            )
        person.delete()
        messages.success(request, f"{person} was removed.")
        return redirect("stakeholders", company_id=self.company.pk)
