"""Each denial is an event: bounded, outside of what was rolled back, and never in the answer."""

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from gatehouse import views  # noqa: F401

from django_base.gate import denials
from django_base.gate.rates import Rates

from .test_gate import MIDDLEWARE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("gatehouse.front")]


@pytest.fixture(autouse=True)
def gate(settings, monkeypatch):
    settings.MIDDLEWARE = MIDDLEWARE
    monkeypatch.setattr(denials, "_rates", Rates())


def events(captured, name):
    return [row.new for row in captured() if row.name == name]


def test_a_denial_outlives_the_transaction_of_its_request(captured):
    """The view is atomic, and was rolled back."""
    answer = Client().get("/denied/")

    [told] = events(captured, "access.denied")
    assert told == {
        "permission": "IsMember",
        "view": "gatehouse.views.denied",
        "status": 403,
        "parameter": "body.holder",
        "objects": ["shop.Company/7"],
        "object_count": 1,
        "left_out": 0,
    }
    assert b"IsMember" not in answer.content
    assert b"Company" not in answer.content


def test_a_permission_that_says_no_is_told_by_its_name(captured, django_user_model):
    """The view asks it; the answer to the client is a bare 403."""
    client = Client()
    client.force_login(django_user_model.objects.create_user("ann"))

    answer = client.get("/closed/")

    [told] = events(captured, "access.denied")
    assert (answer.status_code, told["status"], told["permission"]) == (403, 403, "nobody")
    assert b"nobody" not in answer.content


def test_a_denial_under_asgi_is_told(captured):
    """There only another thread may write it."""
    async_to_sync(AsyncClient().get)("/async/forgotten/")

    [told] = events(captured, "access.denied")
    assert told["view"] == "gatehouse.views.forgotten_async"


def test_an_undeclared_view_is_a_denial_and_a_page_view(captured):
    """Somebody looks for what was published by mistake."""
    Client().get("/forgotten/1/")

    rows = captured()
    [told] = [row.new for row in rows if row.name == "access.denied"]
    [seen] = [row.new for row in rows if row.name == "page.viewed"]
    assert (told["permission"], told["status"]) == ("declared", 404)
    assert (seen["status"], seen["view"]) == (404, "gatehouse.views.forgotten")


def test_of_many_denials_a_minute_the_rest_is_counted(captured):
    """Whoever tries a thousand keys must not fill the outbox."""
    for _ in range(70):
        Client().get("/denied/")

    told = events(captured, "access.denied")
    assert len(told) == 22
    assert [each["left_out"] for each in told[20:]] == [19, 19]


def test_senders_are_bounded_each_for_itself_and_by_the_minute():
    """One who probes hides nobody else; what is left out is told the minute after."""
    now = 0.0
    rates = Rates(clock_s=lambda: now)

    assert [rates.take("a") for _ in range(25)] == [0] * 20 + [None] * 5
    assert rates.take("b") == 0
    now = 61.0
    assert rates.take("a") == 5
    assert rates.take("a") == 0


def test_what_was_sent_is_told_in_bounds(captured, rf):
    """Texts that named nothing are as long as their sender likes."""
    from django_base.gate.denials import note_denial

    request = rf.get("/")
    request.resolver_match = None
    note_denial(request, "exists", status=404, parameter="query.at", objects=["x\0" * 500] * 300)
    note_denial(request, "exists", status=404, parameter="url.token", objects=["abc"])

    plain, secret = events(captured, "access.denied")
    assert len(plain["objects"]) == 100
    assert {len(each) for each in plain["objects"]} == {100}
    assert plain["object_count"] == 300
    assert secret["objects"] == ["***"]


def test_the_addresses_of_one_network_are_one_sender(captured):
    """Whoever has an IPv6 address has 2^64 of them."""
    for number in range(30):
        Client(REMOTE_ADDR=f"2001:db8::{number:x}").get("/denied/")
    Client(REMOTE_ADDR="2001:db8:0:1::1").get("/denied/")

    assert len(events(captured, "access.denied")) == 21
