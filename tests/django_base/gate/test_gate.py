"""Whatever is reached without a declaration answers as if it were not there."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import AsyncClient, Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from gatehouse import views

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("gatehouse.front")]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_base.middleware.ContextMiddleware",
    "django_base.middleware.PageViewMiddleware",
    "django_base.middleware.GateMiddleware",
]


@pytest.fixture(autouse=True)
def gate(settings):
    settings.MIDDLEWARE = MIDDLEWARE
    settings.LOGIN_URL = "/login/"


def a_user(name="ann", **said):
    user = get_user_model().objects.create_user(name, password="x", **said)
    client = Client()
    client.force_login(user)
    return client


def test_declared_views_answer():
    """Through decorators with functools.wraps, too."""
    assert Client().get("/page/").content == b"open"
    assert Client().get("/wrapped/").content == b"OPEN"


@pytest.mark.parametrize("url", ["/forgotten/1/", "/nameless/", "/async/forgotten/"])
def test_an_undeclared_view_is_not_there(url, caplog):
    """With the answer of a URL that nobody has ever heard of; the log says what to do."""
    answer, unknown = Client().get(url), Client().get("/unknown/")

    assert answer.status_code == 404
    assert answer.content == unknown.content
    assert answer.headers == unknown.headers
    assert "no declaration covers it" in caplog.text


def test_an_undeclared_view_is_not_there_under_asgi():
    """The gate is native there."""
    get = async_to_sync(AsyncClient().get)

    assert get("/async/forgotten/").status_code == 404
    assert get("/hooks/async/").status_code == 200
    assert get("/inner/").headers["location"] == "/login/?next=/inner/"


def test_a_superuser_does_not_pass_an_undeclared_view():
    """Nobody does."""
    assert a_user(is_superuser=True, is_staff=True).get("/forgotten/1/").status_code == 404


def test_a_urlconf_of_the_request_is_behind_the_gate(settings):
    """A middleware may choose another URLconf; declarations of the root do not count in it."""
    settings.MIDDLEWARE = ["gatehouse.switching.OtherUrls", *MIDDLEWARE]

    assert Client().get("/other/page/").content == b"open"
    assert Client().get("/other/forgotten/").status_code == 404
    assert Client().get("/inner/").status_code == 404


def test_a_route_that_appears_at_run_time_is_refused():
    """Nobody has checked it."""
    from django.urls import clear_url_caches
    from gatehouse import front

    front.urlpatterns.append(path("late/", views.forgotten))
    clear_url_caches()
    try:
        assert Client().get("/late/").status_code == 404
    finally:
        front.urlpatterns.pop()
        clear_url_caches()


def test_urls_of_others_are_for_whom_they_are_declared():
    """The most precise declaration counts."""
    member, staff = a_user(), a_user("sam", is_staff=True)

    assert Client().get("/inner/").headers["location"] == "/login/?next=/inner/"
    assert Client().get("/inner/", headers={"accept": "application/json"}).status_code == 401
    assert member.get("/inner/").content == b"secret"
    assert member.get("/inner/key/").status_code == 403
    assert staff.get("/inner/key/").content == b"secret"
    assert Client().get("/class/").content == b"a page"


def test_included_urls_are_declared_where_they_are_included():
    """The same views elsewhere stay undeclared; an include that includes itself is no matter."""
    assert Client().get("/hooks/in/").content == b"secret"
    assert a_user().get("/again/down/down/here/").content == b"secret"
    assert Client().get("/again/here/").status_code == 302


def test_a_declared_view_costs_no_query():
    """The gate asks nobody where the view does."""
    with (
        override_settings(BACKSTORY={"exclude_paths": ["/"]}),
        CaptureQueriesContext(connection) as queries,
    ):
        Client().get("/page/")

    assert len(queries) == 0


def test_an_answer_that_asked_nobody_is_refused(caplog):
    """A cache around a view would hand one member's page to the next visitor."""
    answer = Client().get("/cached/")

    assert answer.status_code == 404
    assert answer.content == Client().get("/unknown/").content
    assert "put what caches inside" in caplog.text
