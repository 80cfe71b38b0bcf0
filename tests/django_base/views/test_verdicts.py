"""Who gets in, and that all who are kept out by what is not there get the same answer."""

import uuid

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("estate.more")]

MALFORMED = ["abc", "0x1", "1_0", "9" * 30, "-1", "%00", "1%00", "%F0%9F%92%A5", "01", "+1", "1.0"]


def test_an_object_of_the_entity_is_shown(visitor, own):
    """The way through: session, user, reach with the entity, the folder."""
    answer = visitor.get(f"/firms/{own.firm.pk}/folders/{own.folder.pk}/")

    assert (answer.status, answer.content) == (200, b"folder own-1")
    assert answer.queries == 4


def test_absent_foreign_void_and_malformed_are_one_answer(visitor, own, other):
    """Nobody learns from an answer, or from its cost, what another entity has."""
    void = type(own.folder).objects.create(firm=own.firm, number="void")
    void.delete()
    keys = [10**9, other.folder.pk, void.pk, *MALFORMED]

    answers = [visitor.get(f"/firms/{own.firm.pk}/folders/{key}/") for key in keys]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.queries for answer in answers} == {4}


def test_an_entity_out_of_reach_is_not_there(visitor, own, other):
    """With its own objects, with ours, absent or malformed: the same answer at the same cost."""
    firms = [other.firm.pk, 10**9, *MALFORMED]

    answers = [
        visitor.get(f"/firms/{f}/folders/{o.folder.pk}/") for f in firms for o in (own, other)
    ]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.queries for answer in answers} == {4}


def test_a_superuser_has_no_way_around(visitor, ann, other):
    """Whoever may do everything in the admin is no partner of every firm."""
    ann.is_superuser = ann.is_staff = True
    ann.save()

    assert visitor.get(f"/firms/{other.firm.pk}/folders/{other.folder.pk}/").status == 404


def test_a_member_without_the_right_is_forbidden(visitor, own):
    """It may be known that the page is there."""
    own.folder.number = "closed-1"
    own.folder.save()

    assert visitor.get(f"/firms/{own.firm.pk}/folders/{own.folder.pk}/").status == 403


def test_without_the_right_what_is_not_there_is_still_not_there(visitor, own, other):
    """A 403 would tell that it is there."""
    own.partner.role = "reader"
    own.partner.save()
    path = f"/firms/{own.firm.pk}/papers/{{}}/move/"

    assert visitor.get(path.format(own.paper.pk)).status == 403
    assert visitor.get(path.format(other.paper.pk)).status == 404
    assert visitor.get(path.format(uuid.uuid4())).status == 404


def test_without_a_session_a_browser_is_sent_to_the_login(own, other):
    """Whatever it asked for: existing or not."""
    for firm in (own.firm.pk, 10**9, "abc"):
        response = Client().get(f"/firms/{firm}/folders/1/")
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/firms/")


def test_without_a_session_a_program_gets_a_401(own):
    """A redirect to a page would be read as an answer."""
    path = f"/firms/{own.firm.pk}/folders/{own.folder.pk}/"

    assert Client().get(path, headers={"accept": "application/json"}).status_code == 401


def test_a_public_page_needs_no_session(db):
    """It says so, and why."""
    assert Client().get("/alive/").content == b"alive"


def test_a_permission_counts_beside_an_inherited_relaxation(visitor, own):
    """A class that derives from an open one, and adds a permission, means it."""
    own.partner.role = "reader"
    own.partner.save()

    assert visitor.get(f"/firms/{own.firm.pk}/lazy/").status == 200
    assert visitor.get(f"/firms/{own.firm.pk}/lazy/editors/").status == 403


def test_the_entity_may_come_from_elsewhere(visitor, own, other):
    """Such as from a header, a host name, the session."""
    mine = visitor.get(f"/header/{own.folder.pk}/", headers={"firm": str(own.firm.pk)})
    statuses = [
        visitor.get(f"/header/{folder.pk}/", headers={"firm": str(firm)}).status
        for folder in (own.folder, other.folder)
        for firm in (other.firm.pk, "x", "")
    ]

    assert (mine.status, set(statuses)) == (200, {404})


def test_a_method_that_nobody_declared_a_permission_for_is_forbidden(visitor, own, monkeypatch):
    """A new method must not be born open."""
    from django_base.views.declaration import Declaration

    monkeypatch.setattr(Declaration, "permission_for", lambda self, method: None)

    assert visitor.get(f"/firms/{own.firm.pk}/folders/{own.folder.pk}/").status == 403


def test_an_async_view_has_the_same_verdicts(visitor, own, other):
    """Under WSGI, too."""
    path = f"/firms/{own.firm.pk}/by-number/{{}}/"

    assert visitor.get(path.format("own-1")).content == f"folder {own.folder.pk}".encode()
    assert visitor.get(path.format("other-1")).status == 404


@pytest.fixture
def gated(settings):
    """With the middleware that closes all views."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django_base.middleware.GateMiddleware"]


def test_what_a_converter_refuses_is_answered_like_what_is_absent(gated, visitor, own, other):
    """The same body at the same cost, though the view is never found."""
    paths = [(own.firm.pk, 10**9), (own.firm.pk, "abc"), (own.firm.pk, other.folder.pk)]
    paths += [("abc", own.folder.pk), ("-1", "-1"), (other.firm.pk, other.folder.pk)]

    answers = [visitor.get(f"/numbers/{firm}/folders/{folder}/") for firm, folder in paths]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.queries for answer in answers} == {4}


def test_what_a_converter_refuses_needs_a_session_first(gated, own):
    """A login page for some keys, and a 404 for others, would tell them apart."""
    for folder in (own.folder.pk, "abc"):
        response = Client().get(f"/numbers/{own.firm.pk}/folders/{folder}/")
        assert response.status_code == 302


def test_a_path_that_no_route_resembles_is_a_plain_404(gated, visitor):
    """Nobody is asked."""
    assert visitor.get("/nothing/at/all/").queries == 0


def test_a_name_that_a_url_has_twice_breaks_no_other(gated, visitor, own):
    """Django takes the last; an unknown URL must not find an error of ours."""
    path = f"/numbers/{own.firm.pk}/numbers/{own.firm.pk}/folders/{{}}/"

    assert visitor.get("/nothing/").status == 404
    assert visitor.get(path.format(own.folder.pk)).status == 200
    assert visitor.get(path.format("abc")).queries == 4
