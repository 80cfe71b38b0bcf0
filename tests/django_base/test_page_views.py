"""What a page view says, what it never says, and what it costs."""

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import get_user_model
from django.core.asgi import get_asgi_application
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from shop.models import Company

from django_base import shows
from django_base.context.shown import _hidden_keys
from schemas import context_from_comment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("shop.pages")]

SETTINGS = {"source": "shop", "exclude_paths": ["/static/"]}


@pytest.fixture
def ann():
    return get_user_model().objects.create_user("ann", password="x")


@pytest.fixture
def views(captured):
    """Gives each page view since the last call with its context."""

    def since():
        rows = [row for row in captured() if row.name == "page.viewed"]
        return [(row.new, context_from_comment(row.context)) for row in rows]

    return since


def test_it_says_what_was_asked_for_and_what_was_shown(views):
    """Objects each once; whose data they are stands in the context."""
    company = Company.objects.create(name="Acme")

    Client().post(f"/company/{company.pk}/?page=2&q=a%20b", {"name": "never told"})

    [(view, context)] = views()
    assert (view["status"], view["complete"], view["response_bytes"]) == (200, True, 4)
    assert view["query"] == "page=2&q=a%20b"
    assert view["request_bytes"] > len("never told")
    assert view["shown"] == [f"shop.Company/{company.pk}", "shop.Company/77"]
    assert view["shown_count"] == 2
    assert context.entity == f"shop.Company/{company.pk}"
    assert "never told" not in str(view)


def test_of_many_objects_the_first_hundred_are_named_and_all_counted(views):
    """A report over the whole table must not make an event of megabytes."""
    Client().get("/many/250/")

    [(view, _)] = views()
    assert (len(view["shown"]), view["shown_count"]) == (100, 250)


def test_an_object_with_a_personal_key_is_shown_by_its_hash(views, monkeypatch):
    """As the relay names it in the events of its changes."""
    monkeypatch.setattr(Company, "Backstory", type("Backstory", (), {"personal": ("id",)}))
    _hidden_keys.cache_clear()
    try:
        Client().get("/many/1/")
    finally:
        _hidden_keys.cache_clear()

    [(view, _)] = views()
    [subject] = view["shown"]
    assert subject.startswith("shop.Company/hash:")


def test_outside_of_a_request_nothing_is_shown(captured):
    """Code that a command shares with a view needs no condition."""
    shows("shop.Company/1")

    assert captured() == []


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("token=s3cret&page=2", "token=***&page=2"),
        ("newPassword2=s3cret", "newPassword2=***"),
        ("api_key=s3cret&X-Amz-Signature=s3cret", "api_key=***&X-Amz-Signature=***"),
        ("%74oken=s3cret", "token=***"),
        ("user%5Bpassword%5D=s3cret", "user%5Bpassword%5D=***"),
        ("code=s3cret&state=3", "code=***&state=3"),
        ("passport=s3cret", "passport=***"),
        ("token=", "token="),
        ("q=eyJhbGciOiJIUzI1NiJ9.s3cret", "q=***"),
        ("eyJhbGciOiJIUzI1NiJ9.s3cret", "***="),
        ("next=/a/%3Ftoken%3Ds3cret", "next=/a/"),
        ("next=https://[s3cret", "next="),
        ("next=/reset/MQ/s3cret/", "next=/reset/MQ/***/"),
        ("next=https://u:s3cret@b.example/a%23s3cret", "next=https://b.example/a"),
        ("keyboard=us&zip_code=1", "keyboard=us&zip_code=***"),
        ("a=%00%ff&b", "a=%EF%BF%BD%EF%BF%BD&b="),
        ("a=" + "x" * 3000, "a=" + "x" * 1998),
    ],
)
def test_no_secret_of_the_query_is_kept(views, query, kept):
    """By the look of names and values; more names by the setting."""
    with override_settings(BACKSTORY={**SETTINGS, "secret_parameters": ["Passport"]}):
        Client().get(f"/read/?{query}")

    [(view, _)] = views()
    assert view["query"].replace("%00", "%EF%BF%BD") == kept
    assert "s3cret" not in str(view)


@pytest.mark.parametrize("path", ["/reset/MQ/abc-s3cret/", "/reset/MQ/abc-s3cret"])
def test_no_secret_of_the_path_is_kept(captured, settings, path):
    """What the route calls a token; also before and without a route, and on the next page."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "shop.pages.WritesEarly"]
    client = Client(headers={"referer": f"http://testserver{path}"})

    client.get(path)
    client.get("/read/")

    rows = captured()
    masked = path.replace("abc-s3cret", "***")
    assert {context_from_comment(row.context).request.path for row in rows} == {masked, "/read/"}
    viewed = [row.new for row in rows if row.name == "page.viewed"]
    assert [view["path"] for view in viewed] == [masked, "/read/"]
    assert {view["referrer"] for view in viewed} == {f"http://testserver{masked}"}
    assert "s3cret" not in str(rows)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/reset/e/e/", "/reset/***/***/"),
        ("/reset/MQ/e/", "/reset/MQ/***/"),
        ("/invite/7-s3cret/", "/invite/7-***/"),
        ("/unlock/a9b7ba70-783b-317e-9998-dc4dd82eb3c5/", "/unlock/***/"),
        ("/pin/0/", "/pin/***/"),
        ("/backwards/terc3s/", "/backwards/<backwards:token>/"),
    ],
)
def test_a_secret_is_masked_where_it_stands(views, path, kept):
    """As a whole part of the path, as a piece of one, and whatever it was converted to."""
    Client().get(path)

    [(view, _)] = views()
    assert view["path"] == kept


@pytest.mark.parametrize("logged_in", [False, True])
def test_reading_adds_one_insert_and_nothing_else(ann, logged_in):
    """No transaction, and no look at a session or a user that the page did not ask for."""
    client = Client()
    if logged_in:
        client.force_login(ann)
    client.get("/read/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/read/")

    select, insert = [query["sql"] for query in queries]
    assert "SELECT COUNT(*)" in select
    assert "INSERT INTO" in insert
    assert "backstory_outbox" in insert


def test_the_user_is_told_where_the_page_has_loaded_it(ann, views):
    """Also when only the async way has."""

    @async_to_sync
    async def visit():
        client = AsyncClient()
        await client.aforce_login(ann)
        await client.get("/whoami/")
        await sync_to_async(connections.close_all)()

    visit()

    [(_, context)] = views()
    assert context.actor.username == "ann"


def test_the_user_is_loaded_where_the_setting_says_so(ann, views):
    """Two more queries, for sites that want to know who sees their public pages."""
    client = Client()
    client.force_login(ann)

    with override_settings(BACKSTORY={**SETTINGS, "page_views_load_user": True}):
        client.get("/read/")

    [(_, context)] = views()
    assert context.actor.username == "ann"


@pytest.mark.parametrize("path", ["/read/", "/stream/", "/file/"])
def test_head_has_no_body_and_misses_none(views, path):
    """Its length is none, and nobody left early."""
    Client().head(path).close()

    [(view, context)] = views()
    assert (view["status"], view["response_bytes"], view["complete"]) == (200, 0, True)
    assert context.request.method == "HEAD"


def test_other_methods_and_excluded_paths(views):
    """Every method is a visit; files of the site are none."""
    Client().options("/read/")
    Client().get("/read/")
    with override_settings(BACKSTORY=SETTINGS):
        Client().get("/static/site.css")

    assert [context.request.method for _, context in views()] == ["OPTIONS", "GET"]


def test_a_stream_tells_what_it_showed_while_it_ran(views):
    """Objects named by the body count, too."""
    b"".join(Client().get("/stream/").streaming_content)

    [(view, _)] = views()
    assert (view["shown"], view["response_bytes"]) == (["shop.Company/1"], 2)


def test_a_stream_that_nobody_began_to_read_is_seen_once(views):
    """The visitor left before the first byte; closing twice is no second view."""
    response = Client().get("/stream/")
    response.close()
    response.close()

    [(view, _)] = views()
    assert (view["status"], view["response_bytes"], view["complete"]) == (200, 0, False)


def test_a_stream_that_fails_is_not_complete(views):
    """The status was sent before; what the visitor got is half a page."""
    response = Client().get("/broken/")
    with pytest.raises(LookupError):
        b"".join(response.streaming_content)

    [(view, _)] = views()
    assert (view["status"], view["response_bytes"], view["complete"]) == (200, 1, False)
    assert "secret" not in str(view)


def test_a_server_may_still_send_a_file_by_itself(views):
    """With wsgi.file_wrapper, the body never passes through Python."""
    handed_over = []

    def file_wrapper(file, _):
        handed_over.append(file)
        return file

    environ = RequestFactory().get("/file/").environ
    file = WSGIHandler()({**environ, "wsgi.file_wrapper": file_wrapper}, lambda *_: None)
    assert views() == []
    file.close()

    [(view, _)] = views()
    assert handed_over == [file]
    assert (view["response_bytes"], view["complete"]) == (6, True)


def test_a_page_is_shown_even_when_it_cannot_be_recorded(views, caplog):
    """Somebody dropped our tables, say."""
    with override_settings(BACKSTORY={**SETTINGS, "schema": "nowhere"}):
        response = Client().get("/read/")

    assert response.status_code == 200
    assert views() == []
    assert "a page view was not recorded" in caplog.text


def scope_of(path):
    """Return what an ASGI server says of a GET."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "begun": asyncio.Event(),
    }


async def left_after(path, steps):
    """Ask an ASGI server for a page, and leave after so many of its messages."""
    scope = scope_of(path)
    server = ApplicationCommunicator(get_asgi_application(), scope)
    await server.send_input({"type": "http.request"})
    if not steps:
        await scope["begun"].wait()
    for _ in range(steps):
        await server.receive_output(10)
    await server.send_input({"type": "http.disconnect"})
    await server.wait(10)
    await sync_to_async(connections.close_all)()


def test_a_visitor_who_leaves_an_asgi_server_early_has_no_status(views):
    """The view was cancelled before it answered."""
    async_to_sync(left_after)("/waits/", 0)

    [(view, context)] = views()
    assert (view["status"], view["complete"]) == (None, False)
    assert (view["view"], context.request.path) == ("shop.pages.waits", "/waits/")


def test_a_visitor_who_leaves_an_async_stream_has_seen_a_part(views):
    """The head and one byte had been sent."""
    async_to_sync(left_after)("/waiting/", 2)

    [(view, _)] = views()
    assert (view["status"], view["response_bytes"], view["complete"]) == (200, 1, False)


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators")
def test_a_sync_stream_under_asgi_is_seen_as_well(views):
    """Django reads it in a thread."""
    async_to_sync(left_after)("/stream/", 3)

    [(view, _)] = views()
    assert (view["status"], view["response_bytes"], view["complete"]) == (200, 2, True)
