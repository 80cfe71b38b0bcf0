"""One way to write each view."""

import msgspec
from django import forms
from django.http import HttpResponse, JsonResponse

from django_base.views import BaseView, Ref, any_member, declared, from_url, public, ref

from .models import Court, Firm, Folder, Paper, Partner
from .rules import HasRole, IsPartner, is_open


class PaperForm(forms.ModelForm):
    class Meta:
        model = Paper
        fields = ("folder", "title")


class FirmView(BaseView):
    entity = from_url("firm_id", Firm)
    reach = IsPartner


class FolderView(FirmView):
    permission = is_open.on("folder_id")
    url = {"folder_id": Folder}  # noqa: RUF012
    query = {"page": int, "paper": list[Ref[Paper]]}  # noqa: RUF012

    def get(self, request, firm_id, folder_id):
        return HttpResponse(f"folder {self.objects.folder.number}")


class MovePaper(FirmView):
    """Names one model in the URL and another in the body."""

    permission = HasRole("editor")
    url = {"paper_id": Paper}  # noqa: RUF012
    body = PaperForm

    def get(self, request, **kwargs):
        form = self.admission.bind(instance=self.objects.paper)
        return HttpResponse(form.as_p())

    def post(self, request, firm_id, paper_id):
        form = self.admission.bind(instance=self.objects.paper)
        if not form.is_valid():
            return HttpResponse(form.errors.as_text(), status=422)
        form.save()
        return HttpResponse("moved")


class Line(msgspec.Struct, forbid_unknown_fields=True):
    paper: Ref[Paper]
    keeper: Ref[Partner] | None = None


class Order(msgspec.Struct, forbid_unknown_fields=True):
    folder: Ref[Folder]
    lines: list[Line] = []
    court: Ref[Court] | None = None
    note: str = ""


@declared(
    entity=from_url("firm_id", Firm), reach=IsPartner, permission=HasRole("editor"), body=Order
)
def order(request, firm_id):
    body = request.backstory.body
    titles = [line.paper.object.title for line in body.lines]
    return JsonResponse({"folder": body.folder.object.number, "papers": titles})


@declared(
    entity=from_url("firm_id", Firm),
    reach=IsPartner,
    relaxed=any_member,
    url={"number": ref(Folder, by="number")},
)
async def by_number(request, firm_id, number):
    return HttpResponse(f"folder {request.backstory.objects.number.pk}")


@declared(relaxed=public(reason="says that the service is alive"))
def alive(request):
    return HttpResponse("alive")
