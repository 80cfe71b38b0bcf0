"""The entity holds for all that a view does, and for nothing after it."""

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.test import AsyncClient, Client
from estate.models import Firm, Folder

from django_base.entities import EntityNotBound, across_entities, current_entity
from schemas import context_from_comment

pytestmark = [pytest.mark.django_db, pytest.mark.urls("estate.more")]


def assert_nothing_is_bound():
    with pytest.raises(EntityNotBound):
        current_entity()


def test_a_streaming_body_has_the_entity_and_leaves_none(visitor, own):
    """Each of its parts is made after the view has returned."""
    assert visitor.get(f"/firms/{own.firm.pk}/stream/").content == b"own-1 of own "
    assert_nothing_is_bound()


def test_a_streaming_body_that_fails_leaves_no_entity(visitor, own):
    """The next request of the thread would inherit it."""
    with pytest.raises(LookupError):
        visitor.get(f"/firms/{own.firm.pk}/stream/", headers={"fail": "yes"})
    assert_nothing_is_bound()


def test_a_streaming_body_that_nobody_reads_on_leaves_no_entity(visitor, own):
    """The visitor has left."""
    response = visitor.client.get(f"/firms/{own.firm.pk}/stream/")
    next(iter(response.streaming_content))
    assert_nothing_is_bound()
    response.close()


def test_a_response_that_is_rendered_later_has_the_entity(visitor, own):
    """Template responses ask for their querysets when the view is over."""
    assert visitor.get(f"/firms/{own.firm.pk}/lazy/").content == b"own-1"
    assert_nothing_is_bound()


def test_a_view_that_fails_leaves_no_entity(visitor, own):
    """Whatever it raises."""
    with pytest.raises(LookupError):
        visitor.get(f"/firms/{own.firm.pk}/fail/")
    assert_nothing_is_bound()


def test_a_view_about_no_entity_cannot_ask_for_what_is_an_entitys(visitor, own):
    """Not even where the code around it, such as a test, is about all of them."""
    with pytest.raises(EntityNotBound, match="estate_folder"):
        visitor.get("/unscoped/")
    with across_entities(reason="a test"), pytest.raises(EntityNotBound):
        visitor.get("/unscoped/")


def test_a_rule_that_is_a_coroutine_is_awaited(own, ann):
    """A coroutine that nobody awaits would be true."""

    async def answers():
        client = AsyncClient()
        await client.aforce_login(ann)
        found = await client.get(f"/firms/{own.firm.pk}/awaited/")
        own.firm.name = "another"
        await own.firm.asave()
        refused = await client.get(f"/firms/{own.firm.pk}/awaited/")
        return found.content, refused.status_code

    assert async_to_sync(answers)() == (b"1 of own", 403)


def test_the_page_view_says_whose_page_it_was_and_what_it_showed(visitor, own, captured):
    """Without a word of the view."""
    captured()

    visitor.get(f"/firms/{own.firm.pk}/folders/{own.folder.pk}/")

    [viewed] = [row for row in captured() if row.name == "page.viewed"]
    assert viewed.new["shown"] == [f"estate.Folder/{own.folder.pk}"]
    assert context_from_comment(viewed.context).entity == f"estate.Firm/{own.firm.pk}"


def test_changes_two_steps_away_carry_the_entity_of_the_page(visitor, own, captured):
    """The relay knows columns only; what a path of two leads to is said by the context."""
    second = Folder.objects.create(firm=own.firm)
    captured()

    path = f"/firms/{own.firm.pk}/papers/{own.paper.pk}/move/"
    visitor.post(path, {"folder": second.pk, "title": "x"})

    [change] = [row for row in captured() if row.name == "estate.Paper"]
    assert context_from_comment(change.context).entity == f"estate.Firm/{own.firm.pk}"


def test_a_webhook_takes_what_nobody_declared():
    """It says so, and why."""
    response = Client().post("/webhook/?any=1", b"{", content_type="application/json")

    assert response.content == b"{"


def test_a_formset_names_objects_of_the_entity_only(visitor, own, other):
    """In each of its forms: the row that is edited, and what it points to."""
    path = f"/firms/{own.firm.pk}/edit/"

    def sent(key, keeper):
        total = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1}
        return total | {"form-0-id": key, "form-0-number": "new", "form-0-keeper": keeper}

    assert visitor.post(path, sent(other.folder.pk, own.partner.pk)).status == 404
    assert visitor.post(path, sent(own.folder.pk, other.partner.pk)).status == 404
    assert visitor.post(path, sent(own.folder.pk, own.partner.pk) | {"form-0-x": 1}).status == 400
    assert visitor.post(path, sent(own.folder.pk, own.partner.pk)).content == b"saved"
    assert set(Folder.objects.values_list("number", flat=True)) == {"new", "other-1"}


def test_a_request_that_is_cancelled_leaves_no_entity(own, ann):
    """The visitor leaves while an async view waits."""
    client = Client()
    client.force_login(ann)
    cookie = client.cookies["sessionid"].value

    async def leave():
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/firms/{own.firm.pk}/awaited/",
            "query_string": b"",
            "headers": [(b"cookie", f"sessionid={cookie}".encode())],
        }
        communicator = ApplicationCommunicator(get_asgi_application(), scope)
        await communicator.send_input({"type": "http.request", "body": b""})
        await communicator.send_input({"type": "http.disconnect"})
        await communicator.wait()
        assert_nothing_is_bound()

    async_to_sync(leave)()


def test_a_view_that_calls_another_keeps_what_it_was_admitted_to(visitor, own, ann):
    """The other one is about another firm, and has an admission of its own."""
    second = Firm.objects.create(name="second")
    second.partners.create(user=ann)

    answer = visitor.get(f"/firms/{own.firm.pk}/and/{second.pk}/")

    assert answer.content == b"own, second, own"
