"""Who is asking, from where, and what they saw: under WSGI and ASGI."""

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import get_user_model
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.test import AsyncClient, Client, RequestFactory

from django_base import current_context
from django_base.context.visitors import client_address, describe, trace_of
from schemas import Context, context_from_comment

pytestmark = pytest.mark.django_db(transaction=True)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def ann():
    return get_user_model().objects.create_user("ann", password="x")


@pytest.fixture
def client(ann):
    made = Client(raise_request_exception=False)
    made.force_login(ann)
    return made


def told(captured):
    return [(row, context_from_comment(row.context or "")) for row in captured()]


def views(rows):
    return [row for row, _ in rows if row.name == "page.viewed"]


def test_a_write_says_who_asked_and_from_where(client, ann, captured):
    """The whole of it, in one statement's comment and in the page view."""
    client.get(
        "/add/100%25/?token=secret",
        headers={
            "user-agent": FIREFOX,
            "x-request-id": "abc-1",
            "traceparent": TRACE,
            "referer": "https://u:p@example.com/from?token=secret#x",
        },
    )

    (row, context), (view, seen_by) = told(captured)

    assert row.new[0]["name"] == "100%"
    assert (context.actor.id, context.actor.username) == (str(ann.pk), "ann")
    request = context.request
    assert (request.id, request.method, request.path) == ("abc-1", "GET", "/add/100%/")
    assert (request.ip, request.user_agent) == ("127.0.0.1", FIREFOX)
    assert request.browser == "Firefox 128 on Linux"
    assert (context.trace, context.origin) == (TRACE, "web")
    assert seen_by == context
    assert view.new["status"] == 200
    assert view.new["duration_ms"] > 0
    assert (view.new["view"], view.new["route"]) == ("shop.views.add", "add/<str:name>/")
    assert view.new["referrer"] == "https://example.com/from"
    assert view.new["response_bytes"] == 5
    assert "secret" not in f"{row}{view}"
    assert current_context() == Context()


def test_the_user_is_looked_up_once(client, captured, django_assert_num_queries):
    """Session and user, the write, the page view: no query more than a view that asks itself."""
    with django_assert_num_queries(4):
        client.get("/add/a/")


def test_a_stranger_costs_no_session(captured, django_assert_num_queries):
    """Without a cookie nobody can be logged in, and the page stays cacheable."""
    with django_assert_num_queries(2):
        response = Client().get("/read/")

    ((view, context),) = told(captured)
    assert context.actor is None
    assert view.name == "page.viewed"
    assert "Vary" not in response.headers


def test_a_session_store_that_is_away_fails_no_write(client, captured, monkeypatch):
    """The view never asked who it is; looking that up for the context must not be its end."""

    def away(self):
        raise ConnectionError("the cache of sessions does not answer")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    response = client.get("/add/a/")

    assert response.status_code == 200
    (row, context), _ = told(captured)
    assert (row.new[0]["name"], context.actor, context.origin) == ("a", None, "web")


def test_logging_in_changes_the_actor(ann, captured):
    """Before, it was a stranger; from then on, it is Ann."""
    Client().get("/login/")

    actors = {row.new[0]["name"]: context.actor for row, context in told(captured) if row.new_count}

    assert actors["before"] is None
    assert actors["after"].username == "ann"


def test_failures_and_pages_that_are_not_there_are_seen(client, captured):
    """The visitor saw an error: that is what is told, with no word of its text."""
    client.get("/fail/")
    client.get("/nowhere/")
    client.get("/health/")

    assert [(row.new["status"], row.new["view"]) for row in views(told(captured))] == [
        (500, "shop.views.fail"),
        (404, ""),
    ]


def test_a_failed_action_is_told_after_the_transaction_around_it(client, captured):
    """ATOMIC_REQUESTS and decorators roll back around the action; the request still tells."""
    client.get("/act/")

    assert {row.name for row, _ in told(captured)} == {"action.failed", "page.viewed"}


def test_a_stream_keeps_its_context_to_the_last_byte(client, captured):
    """The body runs after all middleware has left."""
    response = client.get("/stream/x/")
    assert captured() == []
    body = b"".join(response.streaming_content)

    rows = told(captured)

    assert body == b"ab"
    assert [row.name for row, _ in rows] == ["shop.Company", "shop.Company", "page.viewed"]
    assert {context.actor.username for _, context in rows} == {"ann"}
    assert len({context.request.id for _, context in rows}) == 1
    assert (rows[2][0].new["status"], rows[2][0].new["response_bytes"]) == (200, 2)


def test_a_visitor_who_leaves_early_has_seen_a_part(client, captured):
    """Half a page was seen, by somebody known."""
    response = client.get("/stream/x/")
    next(iter(response.streaming_content))
    response.close()

    rows = told(captured)

    [view] = views(rows)
    assert (view.new["status"], view.new["response_bytes"], view.new["complete"]) == (200, 1, False)
    assert {context.actor.username for _, context in rows} == {"ann"}


@pytest.mark.parametrize("path", ["/async/add/a/", "/add/a/", "/async/stream/a/"])
def test_asgi_tells_the_same(ann, captured, path):
    """Async and sync views, plain and streaming, under the async handler."""

    @async_to_sync
    async def visit() -> None:
        client = AsyncClient()
        await client.aforce_login(ann)
        response = await client.get(path)
        if response.streaming:
            assert [part async for part in response.streaming_content] == [b"a", b"b"]
        await sync_to_async(connections.close_all)()

    visit()
    rows = [each for each in told(captured) if each[0].name in ("shop.Company", "page.viewed")]

    assert rows[-1][0].name == "page.viewed"
    assert len(rows) == (3 if "stream" in path else 2)
    assert {context.actor.username for _, context in rows} == {"ann"}
    assert {context.request.path for _, context in rows} == {path}


def test_a_visitor_who_leaves_an_async_page_leaves_its_failures(captured_events):
    """The server cancels the view: each action in it has failed, the inner one first."""

    @async_to_sync
    async def visit() -> None:
        begun = asyncio.Event()
        scope = {"type": "http", "method": "GET", "path": "/async/act/", "headers": []}
        visitor = ApplicationCommunicator(ASGIHandler(), {**scope, "begun": begun})
        await visitor.send_input({"type": "http.request"})
        await begun.wait()
        await visitor.send_input({"type": "http.disconnect"})
        await visitor.wait(60)
        await sync_to_async(connections.close_all)()

    visit()

    inner, outer = captured_events().of("action.failed")
    assert (inner.context.action, outer.context.action) == ("inner.action", "outer.action")
    assert inner.context.parent_action_id == outer.context.action_id
    cancelled = "asyncio.exceptions.CancelledError"
    assert (inner.payload.error, outer.payload.error) == (cancelled, cancelled)
    [view] = captured_events().of("page.viewed")
    assert (view.payload.status, view.payload.complete) == (None, False)
    assert {event.context.request.id for event in (inner, outer)} == {view.context.request.id}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "6.6.6.6", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, ",", "10.0.0.9"),
        (1, "6.6.6.6, unknown", "10.0.0.9"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:DB8:0::1]", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "1.2.3.4:5000", "1.2.3.4"),
        (1, "<script>", "10.0.0.9"),
    ],
)
def test_only_the_configured_proxies_are_believed(proxies, forwarded, expected):
    """Whatever stands further left than they wrote, the visitor may have made up."""
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request, proxies) == expected


@pytest.mark.parametrize("direct", ["", "unix:", None])
def test_a_connection_without_an_address_has_none(direct):
    """A local socket, say; the header alone is believed as far as it was told."""
    request = RequestFactory().get("/", REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR="1.2.3.4")
    if direct is None:
        del request.META["REMOTE_ADDR"]

    assert client_address(request, 0) == ""
    assert client_address(request, 1) == "1.2.3.4"


def test_insane_headers_are_replaced():
    """They come from anybody."""
    request = RequestFactory().get(
        "/",
        HTTP_X_REQUEST_ID="x" * 500,
        HTTP_TRACEPARENT="'*/",
        HTTP_USER_AGENT="\x00'*/%\U0001f600",
    )

    assert len(describe(request).id) == 36
    assert trace_of(request) == ""
    assert describe(request).user_agent.startswith("\x00")  # cleaned where it is rendered
