"""A page that reads and a form that writes: the web request whose time is compared."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import path


def certificate(request: HttpRequest, key: int) -> HttpResponse:
    """Show a certificate; on POST, issue one more share of it."""
    from benchmarks.variants.with_backstory.models import Certificate

    found: Any = Certificate.objects.select_related("company").get(pk=key)
    if request.method == "POST":
        found.shares = F("shares") + 1
        found.save()
    return HttpResponse(f"<h1>{found.number}</h1><p>{found.company.name}: {found.holder}</p>")


urlpatterns = [path("certificates/<int:key>/", certificate)]
