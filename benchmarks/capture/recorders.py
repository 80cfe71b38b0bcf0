"""What each variant is: its models, the middleware that binds its context, how it is counted."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from django.utils.module_loading import import_string

from benchmarks.project import present_variants, variant_module

ROUTE = "companies/<int:company>/certificates/<int:certificate>/edit/"


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """A way to record writes, configured as its own documentation begins.

    Attributes:
        name: as the table shows it.
        app: the folder under ``variants/``.
        middleware: the package's own, which binds the request's context as it would in production.
        count: SQL that counts the rows recorded so far; None when nothing records.
    """

    name: str
    app: str
    middleware: str | None = None
    count: str | None = None

    @property
    def models(self) -> ModuleType:
        return importlib.import_module(f"{variant_module(self.app)}.models")

    def recorded(self) -> int:
        """Return how many rows are in the records."""
        if self.count is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(self.count)
            return int(cursor.fetchone()[0])

    def in_a_request(self, user: Any, work: Callable[[], Any]) -> Any:
        """Return what ``work`` returns, called as a view under the recorder's middleware."""
        if self.middleware is None:
            return work()
        results: list[Any] = []

        def view(request: HttpRequest) -> HttpResponse:
            results.append(work())
            return HttpResponse()

        import_string(self.middleware)(view)(a_request(user))
        return results[0]


def a_request(user: Any) -> HttpRequest:
    """Return what a view gets when somebody saves a form: the user logged in, the URL resolved."""
    request = RequestFactory().post(
        "/companies/3/certificates/4/edit/",
        REMOTE_ADDR="203.0.113.7",
        HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        HTTP_TRACEPARENT="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )
    request.user = user
    request.resolver_match = ResolverMatch(
        a_request, (), {"company": 3, "certificate": 4}, route=ROUTE
    )
    return request


def a_user() -> Any:
    """Return the saved user whom the contexts name."""
    return get_user_model().objects.get_or_create(username="wilhelmina")[0]


@contextmanager
def only_its_wrappers(recorder: Recorder) -> Iterator[None]:
    """Take backstory's execute wrapper off the connection for the others, who would not have it."""
    installed = connection.execute_wrappers[:]
    if recorder is not BACKSTORY:
        connection.execute_wrappers.clear()
    try:
        yield
    finally:
        connection.execute_wrappers[:] = installed


def _events_of(app: str) -> str:
    return f"SELECT (SELECT count(*) FROM {app}_{{}}) + (SELECT count(*) FROM {app}_{{}})"


PLAIN = Recorder(name="plain Django", app="plain")
BACKSTORY = Recorder(
    name="backstory",
    app="with_backstory",
    middleware="django_base.middleware.ContextMiddleware",
    count="SELECT coalesce(sum(greatest(old_count, new_count)), 0) FROM backstory_outbox",
)
PGHISTORY = Recorder(
    name="pghistory",
    app="with_pghistory",
    middleware="pghistory.middleware.HistoryMiddleware",
    count=_events_of("with_pghistory").format("certificateevent", "companyevent"),
)
RECORDERS = (
    PLAIN,
    BACKSTORY,
    PGHISTORY,
    Recorder(
        name="pghistory (statement)",
        app="with_pghistory_statement",
        middleware="pghistory.middleware.HistoryMiddleware",
        count=_events_of("with_pghistory_statement").format("certificateevent", "companyevent"),
    ),
    Recorder(
        name="auditlog",
        app="with_auditlog",
        middleware="auditlog.middleware.AuditlogMiddleware",
        count="SELECT count(*) FROM auditlog_logentry",
    ),
    Recorder(
        name="simple-history",
        app="with_simple_history",
        middleware="simple_history.middleware.HistoryRequestMiddleware",
        count=_events_of("with_simple_history").format(
            "historicalcertificate", "historicalcompany"
        ),
    ),
)


def present_recorders() -> tuple[Recorder, ...]:
    """Return the recorders whose package is installed."""
    present = present_variants()
    return tuple(each for each in RECORDERS if each.app in present)
