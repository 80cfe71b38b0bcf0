"""What is not declared does not arrive, and what is named must be of the page's entity."""

from io import BytesIO

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Model
from estate.rules import IsPartner, is_open
from estate.views import FolderView

from django_base.views.guarding import admit
from django_base.views.refusals import Refused
from schemas import ConfigurationError

pytestmark = [pytest.mark.django_db, pytest.mark.urls("estate.more")]


@pytest.fixture
def folder(own):
    return f"/firms/{own.firm.pk}/folders/{own.folder.pk}/"


@pytest.fixture
def move(own):
    return f"/firms/{own.firm.pk}/papers/{own.paper.pk}/move/"


@pytest.fixture
def order(own):
    return f"/firms/{own.firm.pk}/orders/"


def another_folder(of) -> Model:
    return type(of.folder).objects.create(firm=of.firm, number="2")


def test_a_form_moves_a_paper_within_the_firm(visitor, own, move):
    """The way through, with an object named in the body."""
    target = another_folder(own)

    assert visitor.post(move, {"folder": target.pk, "title": "x"}).content == b"moved"
    own.paper.refresh_from_db()
    assert own.paper.folder_id == target.pk


@pytest.mark.parametrize("sent", [10**9, "abc", "9" * 40, "\0", "1\0"])
def test_a_form_that_names_what_is_not_there_is_answered_like_its_url(visitor, move, own, sent):
    """And nothing is written."""
    answer = visitor.post(move, {"folder": sent, "title": "x"})
    absent = visitor.get(move.replace(str(own.paper.pk), "abc"))

    assert (answer.status, answer.content) == (404, absent.content)


def test_a_form_that_names_a_foreign_folder_is_refused(visitor, own, other, move):
    """The usual hole: the URL is checked, and the body is not."""
    answer = visitor.post(move, {"folder": other.folder.pk, "title": "x"})

    own.paper.refresh_from_db()
    assert (answer.status, own.paper.folder_id) == (404, own.folder.pk)


def test_a_form_offers_the_entitys_own_choices(visitor, own, other, move):
    """A select element must not list the folders of all firms."""
    content = visitor.get(move).content.decode()

    assert f'value="{own.folder.pk}"' in content
    assert f'value="{other.folder.pk}"' not in content


@pytest.mark.parametrize("sent", [{"undeclared": "1"}, {"folder_id": "1"}])
def test_a_field_that_nobody_declared_is_refused(visitor, own, move, sent):
    """What is not declared does not arrive."""
    assert visitor.post(move, {"folder": own.folder.pk, "title": "x"} | sent).status == 400


def test_a_parameter_that_nobody_declared_is_refused(visitor, folder):
    """Neither in a query string."""
    assert visitor.get(folder + "?page=2").status == 200
    assert visitor.get(folder + "?pages=2").status == 400


def test_a_body_that_nobody_declared_is_refused(visitor, folder):
    """A CSRF token alone is none."""
    assert visitor.post(folder, {"csrfmiddlewaretoken": "x"}).status == 405
    assert visitor.post(folder, {"a": "1"}).status == 400
    assert visitor.json(folder, {"a": 1}).status == 400


@pytest.mark.parametrize("page", ["x", "", "9" * 5000, "1\0"])
def test_a_parameter_of_another_type_is_not_there(visitor, folder, page):
    """It never makes an error of ours."""
    assert visitor.get(folder, data={"page": page}).status == 404


def test_objects_of_a_query_are_checked_each(visitor, own, other, folder):
    """A list is no way around, and needs one query."""
    mine = visitor.get(folder, data={"paper": [own.paper.pk, own.paper.pk]})
    mixed = visitor.get(folder, data={"paper": [own.paper.pk, other.paper.pk]})

    assert (mine.status, mixed.status) == (200, 404)
    assert mine.queries == mixed.queries == 5


def test_a_parameter_that_may_name_several_gives_a_list(own, ann, rf):
    """Also where it names one; what names one at most gives the object."""
    declaration = FolderView.as_view().backstory_declaration
    request = rf.get("/", {"paper": str(own.paper.pk)})
    request.user = ann

    admission = admit(
        request, declaration, (), {"firm_id": own.firm.pk, "folder_id": own.folder.pk}
    )

    assert (admission.objects.paper, admission.objects.folder) == ([own.paper], own.folder)


def test_one_name_with_two_values_is_refused(visitor, own, folder, move):
    """Which of them was checked, and which is used?"""
    target = another_folder(own)

    assert visitor.get(folder + "?page=1&page=2").status == 400
    assert visitor.get(folder + "?page=1&page=1").status == 200
    assert visitor.post(move, {"folder": [own.folder.pk, target.pk], "title": "x"}).status == 400


def test_a_struct_names_objects_at_any_depth(visitor, own, order):
    """They are found by their types, and loaded before the view begins."""
    body = {
        "folder": own.folder.pk,
        "lines": [{"paper": str(own.paper.pk), "keeper": own.partner.pk} for _ in range(20)],
    }

    answer = visitor.json(order, body)

    assert (
        answer.content
        == b'{"folder": "own-1", "papers": [' + b", ".join([b'"own paper"'] * 20) + b"]}"
    )
    assert answer.queries == 2 + 1 + 3 + 1  # session and user, firm, three models, the role


@pytest.mark.parametrize("place", ["folder", "paper", "keeper"])
def test_a_foreign_object_in_a_struct_is_not_there(visitor, own, other, order, place):
    """In each place."""
    keys = {
        name: str(getattr(other if name == place else own, source).pk)
        if name == "paper"
        else getattr(other if name == place else own, source).pk
        for name, source in (("folder", "folder"), ("paper", "paper"), ("keeper", "partner"))
    }
    body = {"folder": keys["folder"], "lines": [{"paper": keys["paper"], "keeper": keys["keeper"]}]}

    assert visitor.json(order, body).status == 404


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"folder": 1, "folder": 2}',
    b'{"folder": 1, "more": 2}',
    b'{"folder": 1, "lines": [{"paper": "x", "more": 1}]}',
    b'{"folder": 1, "note": "\\ud800"}',
    b'{"folder": "\\ud800"}',
    b'\xff\xfe{"folder": 1}',
    b'{"folder": ' + b"9" * 10_000 + b"}",
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_body_that_is_no_struct_is_refused(visitor, order, body):
    """Never with an error of ours."""
    assert visitor.json(order, body).status in (400, 404)


@pytest.mark.parametrize("key", ["true", "1.5", "[]", "{}", '"1\\u0000"', "1e3", "-0"])
def test_a_key_in_a_body_that_can_be_none_is_not_there(visitor, order, key):
    """As in the URL."""
    assert visitor.json(order, f'{{"folder": {key}}}'.encode()).status == 404


def test_a_request_names_a_bounded_number_of_objects(visitor, own, order):
    """A million keys would be a million objects before anybody was asked."""
    line = {"paper": str(own.paper.pk)}

    assert visitor.json(order, {"folder": own.folder.pk, "lines": [line] * 999}).status == 200
    assert visitor.json(order, {"folder": own.folder.pk, "lines": [line] * 1_000}).status == 400


def test_a_body_larger_than_django_takes_is_refused(visitor, order):
    """By Django's own limit."""
    assert visitor.json(order, b'{"note": "' + b"x" * 3_000_000 + b'"}').status == 400


def test_a_body_that_does_not_tell_its_length_is_a_body(own, ann):
    """HTTP/2 needs no Content-Length."""
    declaration = FolderView.as_view().backstory_declaration
    kind = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {"method": "POST", "path": "/", "query_string": b"", "headers": [kind]}
    request = ASGIRequest(scope, BytesIO(b"undeclared=1"))
    request.user = ann

    with pytest.raises(Refused, match="undeclared"):
        admit(request, declaration, (), {"firm_id": own.firm.pk, "folder_id": own.folder.pk})


def test_a_rule_on_a_parameter_is_not_asked_of_an_object(own, ann, rf):
    """It would hold without having looked: no parameter names what the view gives."""
    declaration = FolderView.as_view().backstory_declaration
    request = rf.get("/")
    request.user = ann
    admission = admit(
        request, declaration, (), {"firm_id": own.firm.pk, "folder_id": own.folder.pk}
    )

    with pytest.raises(ConfigurationError, match="asks on a parameter"):
        admission.may(IsPartner & is_open.on("folder_id"), own.folder)
    assert admission.may(IsPartner & is_open, own.folder)
