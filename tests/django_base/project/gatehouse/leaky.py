"""Views of firms that look as if they were closed: each lets something of another firm through."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from estate.models import Firm, Folder, Paper
from estate.rules import IsPartner
from rest_framework.response import Response
from rest_framework.serializers import IntegerField, PrimaryKeyRelatedField, Serializer
from rest_framework.viewsets import ViewSet

from django_base.entities import across_entities
from django_base.views import BaseView, any_member, from_url
from django_base.views.rest import DeclaredAPI


class FolderForm(forms.Form):
    keeper_id = forms.IntegerField(required=False)
    note = forms.CharField(required=False)


class Leaky(BaseView):
    entity = from_url("firm_id", Firm)
    reach = IsPartner
    relaxed = any_member


class PlainInUrl(Leaky):
    """The key is an int here, which nobody looks up for the view."""

    url = {"folder_id": int}  # noqa: RUF012

    def get(self, request, firm_id, folder_id):
        return HttpResponse(get_object_or_404(Folder, pk=folder_id).number)


class PlainInQuery(Leaky):
    query = {"folder_id": int}  # noqa: RUF012

    def get(self, request, firm_id):
        wanted = self.admission.query.get("folder_id")
        if wanted and not Folder.objects.filter(pk=wanted).exists():
            return HttpResponse("there is none")
        return HttpResponse("folders")


class PlainInBody(Leaky):
    body = FolderForm

    def post(self, request, firm_id):
        folder = Folder.objects.filter(keeper_id=request.POST.get("keeper_id")).first()
        return HttpResponse(folder.number if folder else "nothing")


class WritesBefore(BaseView):
    """The entity is looked up by the view itself, after it has counted the visit."""

    relaxed = any_member
    url = {"firm_id": int}  # noqa: RUF012

    def get(self, request, firm_id):
        with across_entities(reason="a test"):
            Paper.objects.filter(folder__firm=firm_id).update(title="seen")
        raise Http404


class Says403(BaseView):
    relaxed = any_member
    url = {"firm_id": int}  # noqa: RUF012

    def get(self, request, firm_id):
        with across_entities(reason="a test"):
            firm = get_object_or_404(Firm, pk=firm_id)
            mine = firm.partners.filter(user=request.user).exists()
        return HttpResponse(firm.name) if mine else HttpResponse(status=403)


class Entry(Serializer):
    paper = PrimaryKeyRelatedField(queryset=Paper.objects.all())
    keeper_id = IntegerField(required=False)


class Index(Serializer):
    folder = PrimaryKeyRelatedField(queryset=Folder.objects.all(), required=False)
    entries = Entry(many=True)


class Api(DeclaredAPI, ViewSet):
    """Its related fields are looked after; the plain number is not."""

    entity = from_url("firm_id", Firm)
    reach = IsPartner
    relaxed = any_member
    body = {"create": Index}  # noqa: RUF012

    def create(self, request, firm_id):
        with across_entities(reason="a test"):
            number = request.data["entries"][0].get("keeper_id")
            folder = Folder.objects.filter(keeper_id=number).first()
        return Response({"folder": folder.number if folder else ""})


def undeclared(request, folder_id):
    return HttpResponse(get_object_or_404(Folder, pk=folder_id).number)


def site(route, view):
    """A URLconf of one route."""
    return (path(route, view),)


PLAIN_IN_URL = site("firms/<firm_id>/folders/<int:folder_id>/", PlainInUrl.as_view())
PLAIN_IN_QUERY = site("firms/<firm_id>/", PlainInQuery.as_view())
PLAIN_IN_BODY = site("firms/<firm_id>/", PlainInBody.as_view())
WRITES_BEFORE = site("firms/<int:firm_id>/", WritesBefore.as_view())
SAYS_403 = site("firms/<int:firm_id>/", Says403.as_view())
UNDECLARED = site("folders/<int:folder_id>/", undeclared)
API = site("firms/<firm_id>/index/", Api.as_view({"post": "create"}))
