"""The people and funds behind the shares."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect

from ..forms import StakeholderForm
from ..models import Certificate, Stakeholder
from .base import CompanyView, EditView

ACTIVE = Q(certificates__status=Certificate.Status.ACTIVE)


class Stakeholders(CompanyView):
    def get(self, request, **kwargs):
        query = request.GET.get("q", "").strip()
        people = self.company.stakeholders.annotate(
            active=Count("certificates", filter=ACTIVE),
            held=Sum("certificates__shares", filter=ACTIVE),
        ).order_by("name", "pk")
        if query:
            people = people.filter(Q(name__icontains=query) | Q(email__icontains=query))
        return self.page("stakeholders", people=self.pages_of(people), query=query)


class StakeholderPage(CompanyView):
    def get(self, request, stakeholder_id, **kwargs):
        person = get_object_or_404(self.company.stakeholders, pk=stakeholder_id)
        certificates = person.certificates.select_related("share_class")
        return self.page("stakeholder", person=person, certificates=certificates)


class EditStakeholder(EditView):
    form_class = StakeholderForm

    def instance(self):
        if "stakeholder_id" not in self.kwargs:
            return Stakeholder(company=self.company)
        return self.find(self.company.stakeholders.all(), self.kwargs["stakeholder_id"])

    def title(self, instance):
        return f"Edit {instance}" if instance.pk else "New stakeholder"


class RemoveStakeholder(CompanyView):
    """Deletes somebody who never held anything; a holder stays on the register for ever."""

    @transaction.atomic
    def post(self, request, stakeholder_id, **kwargs):
        people = self.company.stakeholders.select_for_update()
        person = get_object_or_404(people, pk=stakeholder_id)
        certificates = person.certificates.select_related("share_class")
        if certificates:
            messages.error(request, f"{person} holds or held certificates and stays.")
            return self.page(
                "stakeholder", http_status=409, person=person, certificates=certificates
            )
        person.delete()
        messages.success(request, f"{person} was removed.")
        return redirect("stakeholders", company_id=self.company.pk)
