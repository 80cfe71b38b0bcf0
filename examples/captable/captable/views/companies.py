"""Companies and their classes of shares."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from ..forms import CompanyForm, ShareClassForm
from ..models import Certificate, Membership, ShareClass
from .base import CompanyView, EditView, companies_of

LARGEST = 12  # holders shown one by one on a company's page
ACTIVE = Q(certificates__status=Certificate.Status.ACTIVE)


def health(request):
    """For whoever waits until the site is up; no database."""
    return HttpResponse("ok", content_type="text/plain")


class Companies(LoginRequiredMixin, View):
    def get(self, request):
        companies = companies_of(request.user).annotate(
            holders=Count("certificates__holder", distinct=True, filter=ACTIVE),
            active=Count("certificates", distinct=True, filter=ACTIVE),
        )
        return render(request, "captable/companies.html", {"companies": companies})


class NewCompany(LoginRequiredMixin, View):
    def get(self, request):
        return self.answer(CompanyForm())

    @transaction.atomic
    def post(self, request):
        form = CompanyForm(request.POST)
        if not form.is_valid():
            return self.answer(form)
        company = form.save()
        Membership.objects.create(company=company, user=request.user, role=Membership.Role.EDITOR)
        messages.success(request, f"{company} is ready. Add its first share class.")
        return redirect(company)

    def answer(self, form):
        context = {"form": form, "title": "New company", "submit": "Create company", "back": "/"}
        status = 422 if form.is_bound else 200
        return render(self.request, "captable/form.html", context, status=status)


class CompanyPage(CompanyView):
    def get(self, request, **kwargs):
        classes = self.company.share_classes.annotate(
            issued=Sum("certificates__shares", filter=ACTIVE)
        )
        total = sum(each.issued or 0 for each in classes)
        holders = (
            self.company.stakeholders.annotate(held=Sum("certificates__shares", filter=ACTIVE))
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
            latest=self.company.certificates.select_related("holder", "share_class")[:5],
        )


class EditCompany(EditView):
    form_class = CompanyForm

    def instance(self):
        return self.find(companies_of(self.request.user), self.company.pk)

    def title(self, instance):
        return f"Edit {instance}"


class EditShareClass(EditView):
    form_class = ShareClassForm

    def instance(self):
        if "class_id" not in self.kwargs:
            return ShareClass(company=self.company)
        return self.find(self.company.share_classes.all(), self.kwargs["class_id"])

    def title(self, instance):
        return f"Edit {instance}" if instance.pk else "New share class"

    def back(self, instance):
        return self.company.get_absolute_url()

    def save(self, form):
        form.save()
        return self.company
