"""One way to write each view."""

import asyncio

import msgspec
from django import forms
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import Context, Engine
from django.template.response import SimpleTemplateResponse
from django.views.decorators.csrf import csrf_exempt

from django_base.entities import current_entity
from django_base.permissions import permission
from django_base.views import (
    BaseView,
    Ref,
    accepts_any,
    any_member,
    declared,
    from_request,
    from_url,
    public,
    ref,
)

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


class StreamFolders(FirmView):
    relaxed = any_member

    def get(self, request, firm_id):
        def body():
            for folder in self.admission.own(Folder.objects.order_by("pk")):
                yield f"{folder.number} of {current_entity().name} "
            if "fail" in request.headers:
                raise LookupError("in the middle")

        return StreamingHttpResponse(body())


class LazyPage(FirmView):
    """Its queryset is asked while the response is rendered, after the view has returned."""

    relaxed = any_member

    def get(self, request, firm_id):
        template = Engine().from_string("{% for each in folders %}{{ each.number }}{% endfor %}")
        return SimpleTemplateResponse(
            DjangoTemplate(template), {"folders": self.admission.own(Folder.objects.all())}
        )


class EditorsPage(LazyPage):
    permission = HasRole("editor")


class HeaderView(BaseView):
    entity = from_request(lambda request: request.headers.get("firm"), Firm)
    reach = IsPartner
    relaxed = any_member
    url = {"folder_id": Folder}  # noqa: RUF012

    def get(self, request, folder_id):
        return HttpResponse("own" if self.admission.may(is_open, self.objects.folder) else "closed")


class DjangoTemplate:
    def __init__(self, template):
        self.template = template

    def render(self, context, request=None):
        return self.template.render(Context(context))


class Unscoped(FirmView):
    """Is about no entity, and asks for folders all the same."""

    entity = None
    relaxed = any_member

    def get(self, request):
        return HttpResponse(str(Folder.objects.count()))


class Failing(FirmView):
    relaxed = any_member

    def get(self, request, firm_id):
        raise LookupError("of the view")


PartnerFormSet = forms.modelformset_factory(Folder, fields=("number", "keeper"), extra=1)


class EditFolders(FirmView):
    relaxed = any_member
    body = PartnerFormSet

    def post(self, request, firm_id):
        formset = self.admission.bind()
        if not formset.is_valid():
            return HttpResponse(str(formset.errors), status=422)
        for folder in formset.save(commit=False):
            folder.firm = self.admission.entity
            folder.save()
        return HttpResponse("saved")


@declared(relaxed=(public(reason="a webhook"), accepts_any(reason="the sender decides")))
@csrf_exempt
def webhook(request):
    return HttpResponse(request.body)


@permission
async def is_awaited(actor, entity):
    await asyncio.sleep(0)
    return entity.name == "own"


@declared(entity=from_url("firm_id", Firm), reach=IsPartner, permission=is_awaited & IsPartner)
async def awaited(request, firm_id):
    count = await request.backstory.own(Folder.objects.all()).acount()
    return HttpResponse(f"{count} of {current_entity().name}")


@declared(relaxed=public(reason="says that the service is alive"))
def alive(request):
    return HttpResponse("alive")


class NameView(FirmView):
    relaxed = any_member

    def get(self, request, firm_id):
        return HttpResponse(self.admission.entity.name)


class TwoNames(NameView):
    """Calls another view, about another firm."""

    url = {"other_id": int}  # noqa: RUF012

    def get(self, request, firm_id, other_id):
        said = [super().get(request, firm_id), NameView.as_view()(request, firm_id=other_id)]
        said.append(super().get(request, firm_id))
        return HttpResponse(b", ".join(each.content for each in said))
