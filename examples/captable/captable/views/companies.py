"""Companies and their classes of shares."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render

from django_base.entities import across_entities
from django_base.permissions import Evaluation, rows
from django_base.views import BaseView, any_member, declared, public

from ..access import HasRole, knows, reads_all, sees_certificate, sees_person
from ..forms import CompanyForm, ShareClassForm
from ..models import Certificate, Company, Membership, ShareClass
from .base import CompanyView, EditView

LARGEST = 12  # holders shown one by one on a company's page
ACTIVE = Q(certificates__status=Certificate.Status.ACTIVE)


@declared(relaxed=public(reason="tells that the site is up, and nothing else"))
def health(request):
    """For whoever waits until the site is up; no database."""
    return HttpResponse("ok", content_type="text/plain")


class Companies(BaseView):
    relaxed = any_member

    def get(self, request):
        known = rows(knows, Evaluation(request.user, None), Company)
        with across_entities(reason="the list of one's companies"):
            companies = Company.objects.filter(known).annotate(
                holders=Count("certificates__holder", distinct=True, filter=ACTIVE),
                active=Count("certificates", distinct=True, filter=ACTIVE),
            )
            return render(request, "captable/companies.html", {"companies": companies})


class NewCompany(BaseView):
    relaxed = any_member
    body = CompanyForm

    def get(self, request):
        return self.answer(self.admission.bind())

    def post(self, request):
        with across_entities(reason="somebody founds a company"), transaction.atomic():
            form = self.admission.bind()
            if not form.is_valid():
                return self.answer(form)
            company = form.save()
            role = Membership.Role.ADMINISTRATOR
            Membership.objects.create(company=company, user=request.user, role=role)
        messages.success(request, f"{company} is ready. Add its first share class.")
        return redirect(company)

    def answer(self, form):
        context = {"form": form, "title": "New company", "submit": "Create company", "back": "/"}
        status = 422 if form.is_bound else 200
        return render(self.request, "captable/form.html", context, status=status)


class CompanyPage(CompanyView):
    """Shareholders see the classes, and of the rest what is theirs."""

    permission = reads_all | HasRole(Membership.Role.SHAREHOLDER)

    def get(self, request, **kwargs):
        classes = self.company.share_classes.annotate(
            issued=Sum("certificates__shares", filter=ACTIVE)
        )
        total = sum(each.issued or 0 for each in classes)
        holders = (
            self.admission.allowed(self.company.stakeholders.all(), sees_person)
            .annotate(held=Sum("certificates__shares", filter=ACTIVE))
            .filter(held__gt=0)
            .order_by("-held", "name")
        )
        largest = list(holders[:LARGEST])
        for holder in largest:
            holder.percent = 100 * holder.held / total
        rest = total - sum(holder.held for holder in largest)
        return self.page(
            "company",
            classes=classes,
            holders=largest,
            rest=rest,
            rest_percent=100 * rest / total if total else 0,
            total=total,
            latest=self.admission.allowed(
                self.company.certificates.select_related("holder", "share_class"), sees_certificate
            )[:5],
        )


class EditCompany(EditView):
    body = CompanyForm

    def instance(self):
        return self.locked(self.company)

    def title(self, instance):
        return f"Edit {instance}"


class EditShareClass(EditView):
    url = {"class_id": ShareClass}
    body = ShareClassForm

    def instance(self):
        if "class_id" not in self.objects:
            return ShareClass(company=self.company)
        return self.locked(self.objects["class_id"])

    def title(self, instance):
        return f"Edit {instance}" if instance.pk else "New share class"

    def back(self, instance):
        return self.company.get_absolute_url()

    def save(self, form):
        form.save()
        return self.company
