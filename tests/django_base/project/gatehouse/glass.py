"""A firm's page that can be opened in an emergency, and one that cannot."""

from django.http import HttpResponse
from django.urls import path
from estate.models import Firm
from estate.rules import IsPartner

from django_base.gate import BrokenGlass, break_glass, requires_staff
from django_base.views import any_member, declared, from_url


@declared(entity=from_url("firm_id", Firm), reach=requires_staff, permission=requires_staff)
def emergency(request, firm_id):
    break_glass(request, request.backstory.entity, reason="the firm called", for_s=600)
    return HttpResponse("open")


@declared(
    entity=from_url("firm_id", Firm),
    reach=IsPartner | BrokenGlass(Firm),
    permission=IsPartner | BrokenGlass(Firm),
)
def ledger(request, firm_id):
    return HttpResponse("the ledger")


@declared(entity=from_url("firm_id", Firm), reach=IsPartner, relaxed=any_member)
def safe(request, firm_id):
    return HttpResponse("the safe")


urlpatterns = [
    path("emergency/<int:firm_id>/", emergency),
    path("ledger/<int:firm_id>/", ledger),
    path("safe/<int:firm_id>/", safe),
]
