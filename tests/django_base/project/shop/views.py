"""Views that write, read, stream and fail."""

import asyncio

from django.contrib.auth import get_user_model, login
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse

from django_base import action

from .models import Company


def add(request, name):
    Company.objects.create(name=name)
    return HttpResponse("added")


def add_atomically(request, name):
    with transaction.atomic():
        Company.objects.create(name=name)
    return HttpResponse("added")


def add_brokenly(request, name):
    with transaction.atomic():
        transaction.set_rollback(True)
        Company.objects.create(name=name)
    return HttpResponse("added")


def read(request):
    return HttpResponse(str(Company.objects.count()))


def queue(request, name):
    from .tasks import found_in_action  # Celery is imported by those who test it only

    found_in_action.delay(name)
    return HttpResponse("queued")


def command(request, name):
    call_command("found", name)
    return HttpResponse("founded")


def stream(request, name):
    def body():
        for part in "ab":
            Company.objects.create(name=name + part)
            yield part

    return StreamingHttpResponse(body())


def log_in(request):
    Company.objects.create(name="before")
    login(request, get_user_model().objects.get(username="ann"))
    Company.objects.create(name="after")
    return HttpResponse("hello")


def fail(request):
    raise LookupError("secret")


@transaction.atomic
def act(request):
    with action("company.fail"):
        raise LookupError("secret")


async def async_act(request):
    async with action("outer.action"), action("inner.action"):
        request.scope["begun"].set()
        await asyncio.Event().wait()  # for ever


async def async_add(request, name):
    await Company.objects.acreate(name=name)
    return HttpResponse("added")


async def async_stream(request, name):
    async def body():
        for part in "ab":
            await Company.objects.acreate(name=name + part)
            yield part

    return StreamingHttpResponse(body())
