"""Views that declare something, and views that do not."""

from functools import lru_cache, wraps

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.views import View
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from django_base.gate.denials import note_denial
from django_base.permissions import permission
from django_base.views import declared, public

opened = declared(relaxed=public(reason="a test"))


@opened
def page(request, **kwargs):
    return HttpResponse("open")


def forgotten(request, **kwargs):
    return HttpResponse("secret")


async def forgotten_async(request):
    return HttpResponse("secret")


def shouting(view):
    @wraps(view)
    def wrapped(*args, **kwargs):
        return HttpResponse(view(*args, **kwargs).content.upper())

    return wrapped


def answering(view):
    """As a cache does: the view is not asked."""
    return wraps(view)(lambda *args, **kwargs: HttpResponse("from the cache"))


def nameless(view):
    """A decorator that forgets functools.wraps."""
    return lambda *args, **kwargs: view(*args, **kwargs)


def nobody(actor, entity):
    return False


@opened
@transaction.atomic
def denied(request):
    note_denial(
        request, "IsMember", status=403, parameter="body.holder", objects=["shop.Company/7"]
    )
    raise PermissionDenied


@transaction.atomic
@declared(permission=permission(nobody))
def closed(request):
    return HttpResponse("closed")


@opened
def absent(request):
    raise Http404


class Page(View):
    def get(self, request, **kwargs):
        return HttpResponse("a page")


class Called:
    """A callback that is an object."""

    def __call__(self, request):
        return HttpResponse("called")


class Companies(ViewSet):
    def list(self, request):
        return Response([])

    def retrieve(self, request, pk):
        return Response({})


@lru_cache
def cached(request):
    return HttpResponse("cached")
