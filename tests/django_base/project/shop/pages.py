"""Pages to be seen, as a root URL configuration of their own."""

import asyncio
from io import BytesIO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from django_base import shows

from .models import Company


def read(request):
    return HttpResponse(str(Company.objects.count()))


def company(request, key):
    found = Company.objects.get(pk=key)
    shows(found, "shop.Company/77", found, entity=found)
    return HttpResponse(found.name)


def many(request, count):
    shows(*(f"shop.Company/{number}" for number in range(count)))
    return HttpResponse("many")


def reset(request, uid, token):
    return HttpResponse("a new password")


def unlock(request, **keys):
    return HttpResponse("open")


def file(request):
    return FileResponse(BytesIO(b"a file"), filename="a.txt")


def stream(request):
    def body():
        yield b"a"
        shows("shop.Company/1")
        yield b"b"

    return StreamingHttpResponse(body())


def broken_stream(request):
    def body():
        yield b"a"
        raise LookupError("secret")

    return StreamingHttpResponse(body())


async def whoami(request):
    return HttpResponse((await request.auser()).get_username())


async def waits(request):
    request.scope["begun"].set()
    await asyncio.Event().wait()


async def waiting_stream(request):
    async def body():
        yield b"a"
        await asyncio.Event().wait()

    return StreamingHttpResponse(body())


class WritesEarly:
    """A middleware that writes before anybody knows the route."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        Company.objects.get_or_create(name="early")[0].hard_delete()
        return self.get_response(request)


class Backwards(StringConverter):
    """What the view is given does not stand in the path."""

    def to_python(self, value):
        return value[::-1]


register_converter(Backwards, "backwards")

urlpatterns = [
    path("read/", read),
    path("company/<int:key>/", company),
    path("many/<int:count>/", many),
    path("reset/<str:uid>/<str:token>/", reset),
    path("invite/<int:number>-<token>/", unlock),
    path("unlock/<uuid:key>/", unlock),
    path("pin/<int:pin>/", unlock),
    path("backwards/<backwards:token>/", unlock),
    path("file/", file),
    path("stream/", stream),
    path("broken/", broken_stream),
    path("whoami/", whoami),
    path("waits/", waits),
    path("waiting/", waiting_stream),
]
