"""What every page of a company shares: a logged-in member, and only that company's rows."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from ..models import Company, Membership

PAGE_SIZE = 25


class CompanyView(LoginRequiredMixin, View):
    """Finds ``self.company`` by the address: 404 to strangers, 403 to viewers who write."""

    writes = False  # whether even its form is only for editors

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.company = self.membership = None

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            self.membership = get_object_or_404(
                Membership.objects.select_related("company"),
                company=kwargs["company_id"],
                user=request.user,
            )
            self.company = self.membership.company
            if (self.writes or request.method == "POST") and not self.may_edit:
                raise PermissionDenied("You may look at this company, not change it.")
        return super().dispatch(request, *args, **kwargs)

    @property
    def may_edit(self) -> bool:
        return self.membership.role == Membership.Role.EDITOR

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
        return Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))


class EditView(CompanyView):
    """One form for one object. Subclasses name the form and find or make the object."""

    writes = True
    form_class = None
    submit = "Save"

    def instance(self):
        """Return the object; inside ``post`` its row is locked, so that no edit undoes another."""
        raise NotImplementedError

    def title(self, instance) -> str:
        raise NotImplementedError

    def save(self, form):
        return form.save()

    def back(self, instance) -> str:
        return instance.get_absolute_url() if instance.pk else self.company.get_absolute_url()

    def get(self, request, **kwargs):
        return self.answer(self.form_class(instance=self.instance()))

    @transaction.atomic
    def post(self, request, **kwargs):
        form = self.form_class(request.POST, instance=self.instance())
        if not form.is_valid():
            return self.answer(form)
        return redirect(self.save(form))

    def find(self, rows, pk):
        if self.request.method == "POST":
            rows = rows.select_for_update(of=("self",))
        return get_object_or_404(rows, pk=pk)

    def answer(self, form):
        return self.form_page(
            form,
            title=self.title(form.instance),
            submit=self.submit,
            back=self.back(form.instance),
        )


def companies_of(user):
    return Company.objects.filter(membership__user=user)
