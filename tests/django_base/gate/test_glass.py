"""In an emergency somebody lets themselves in: with a reason, an event, and for a while."""

import pytest
from django.test import Client
from estate.models import Firm

from django_base.gate import break_glass, glass
from schemas import ConfigurationError, context_from_comment

from .test_gate import MIDDLEWARE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("gatehouse.glass")]


@pytest.fixture(autouse=True)
def gate(settings):
    settings.MIDDLEWARE = MIDDLEWARE


@pytest.fixture
def firm():
    return Firm.objects.create(name="Acme")


@pytest.fixture
def staff(django_user_model):
    user = django_user_model.objects.create_superuser("sam")
    client = Client()
    client.force_login(user)
    return client


def test_without_breaking_the_glass_a_superuser_gets_nowhere(staff, firm):
    """There is no silent way past the entities."""
    assert staff.get(f"/ledger/{firm.pk}/").status_code == 404


def test_whoever_breaks_the_glass_is_let_in_and_told_of(staff, firm, captured):
    """Only into this firm, only where a page says so."""
    other = Firm.objects.create(name="Other")

    staff.post(f"/emergency/{firm.pk}/")

    [told] = [row for row in captured() if row.name == "access.opened"]
    context = context_from_comment(told.context)
    assert (told.new, told.subject) == ({"duration_s": 600}, f"estate.Firm/{firm.pk}")
    assert (context.reason, context.actor.username) == ("the firm called", "sam")
    assert context.entity == f"estate.Firm/{firm.pk}"
    assert staff.get(f"/ledger/{firm.pk}/").content == b"the ledger"
    assert staff.get(f"/ledger/{other.pk}/").status_code == 404
    assert staff.get(f"/safe/{firm.pk}/").status_code == 404


def test_the_time_is_up_by_itself(staff, firm, monkeypatch):
    """Nobody has to remember to close it."""
    staff.post(f"/emergency/{firm.pk}/")
    assert staff.get(f"/ledger/{firm.pk}/").status_code == 200
    later = glass.time.time() + 601
    monkeypatch.setattr(glass.time, "time", lambda: later)

    assert staff.get(f"/ledger/{firm.pk}/").status_code == 404


def test_the_next_user_of_the_session_is_not_let_in(staff, firm, django_user_model):
    """It was opened for one person."""
    staff.post(f"/emergency/{firm.pk}/")
    assert staff.get(f"/ledger/{firm.pk}/").status_code == 200
    session = dict(staff.session)
    staff.force_login(django_user_model.objects.create_superuser("tom"))
    kept = staff.session
    kept["backstory.glass"] = session["backstory.glass"]  # as if it had been handed on
    kept.save()

    assert staff.get(f"/ledger/{firm.pk}/").status_code == 404


@pytest.mark.parametrize("said", [{"reason": " "}, {"reason": "x", "for_s": 10**6}])
def test_a_reason_and_an_end_are_demanded(said, firm, rf, django_user_model):
    """The event would say nothing, or the door stay open."""
    request = rf.get("/")
    request.user = django_user_model.objects.create_user("una")

    with pytest.raises(ConfigurationError, match=r"break_glass\(\)"):
        break_glass(request, firm, **said)
