"""What every page of a company shares: its entity, who may see it, and how it is rendered."""

from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render

from django_base.views import BaseView, from_url

from ..access import administers, reads_all
from ..models import Company

PAGE_SIZE = 25


class CompanyView(BaseView):
    """404 to strangers, 403 to those who may not; ``self.objects`` are of the company."""

    entity = from_url("company_id", Company)
    permission = {"GET": reads_all, "POST": administers}

    @property
    def company(self) -> Company:
        return self.admission.entity

    @property
    def may_edit(self) -> bool:
        return self.admission.may(administers)

    def page(self, template: str, http_status: int = 200, **context):
        context |= {"company": self.company, "may_edit": self.may_edit}
        return render(self.request, f"captable/{template}.html", context, status=http_status)

    def form_page(self, form, *, title: str, submit: str, back: str, note: str = ""):
        """Show one form; 422 (RFC 9110, 15.5.21) when what was sent is not valid."""
        return self.page(
            "form",
            http_status=422 if form.is_bound else 200,
            form=form,
            title=title,
            submit=submit,
            back=back,
            note=note,
        )

    def pages_of(self, rows):
        return Paginator(rows, PAGE_SIZE).get_page(self.admission.query.get("page"))

    def locked(self, found):
        """Return an object; inside ``post`` its row is locked, so that no edit undoes another."""
        if self.request.method != "POST":
            return found
        rows = type(found).objects.select_for_update(of=("self",))
        return get_object_or_404(rows, pk=found.pk)


class EditView(CompanyView):
    """One form, its ``body``, for one object. Subclasses find or make the object."""

    permission = administers
    submit = "Save"

    def instance(self):
        raise NotImplementedError

    def title(self, instance) -> str:
        raise NotImplementedError

    def save(self, form):
        return form.save()

    def back(self, instance) -> str:
        return instance.get_absolute_url() if instance.pk else self.company.get_absolute_url()

    def get(self, request, **kwargs):
        return self.answer(self.admission.bind(instance=self.instance()))

    @transaction.atomic
    def post(self, request, **kwargs):
        form = self.admission.bind(instance=self.instance())
        if not form.is_valid():
            return self.answer(form)
        return redirect(self.save(form))

    def answer(self, form):
        return self.form_page(
            form,
            title=self.title(form.instance),
            submit=self.submit,
            back=self.back(form.instance),
        )
