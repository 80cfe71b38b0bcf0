"""captured_events: typed events inside a test that rolls back."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import TestCase, TransactionTestCase
from shop.models import Account, Certificate, CertificateProxy, Company, Scratch

from django_base import BaseModel, action, bind_context, record
from django_base.testing import CapturedEvents, captured_events
from schemas import ConfigurationError, ModelUpdated, PageViewed


class InsideTheTestsTransaction(TestCase):
    """unittest's way, with what was written before the test left out."""

    @classmethod
    def setUpTestData(cls):
        cls.company = Company.objects.create(name="Acme")

    def test_events_of_a_block(self):
        """Typed, in order, and only those of the block."""
        with captured_events() as events, bind_context(actor="7"):
            made = Certificate.objects.create(company=self.company, holder="Ann")
            Certificate.objects.update(shares=Decimal("2.5"))
        Certificate.objects.all().delete()

        created, updated = events(Certificate)
        assert (created.type, created.key) == ("model.created", made.pk)
        assert created.after["company"] == self.company.pk
        assert (updated.before, updated.after) == ({"shares": 0}, {"shares": Decimal("2.5")})
        assert updated.context.actor.id == "7"

    def test_what_a_savepoint_took_back_is_not_there(self):
        """A rolled-back savepoint leaves no event, as in production."""
        with captured_events() as events:
            with pytest.raises(IntegrityError), transaction.atomic():
                Company.objects.create(name="Acme")
            Company.objects.create(name="Bolt")

        assert [event.after["name"] for event in events()] == ["Bolt"]

    def test_a_failed_action_is_there_and_its_changes_are_not(self):
        """The test's transaction outlives the action's."""
        with captured_events() as events, suppress(ZeroDivisionError), action("company.found"):
            Company.objects.create(name="Bolt")
            raise ZeroDivisionError

        (failed,) = events()
        assert (failed.type, failed.context.action) == ("action.failed", "company.found")

    def test_a_request_of_the_test_client_is_the_context(self):
        """Its changes and its page view carry its id."""
        with captured_events() as events:
            self.client.get("/add/Bolt/")

        created, viewed = events()
        assert (created.type, viewed.type) == ("model.created", "page.viewed")
        assert created.context.request.id == viewed.context.request.id
        assert viewed.payload.route == "add/<str:name>/"


class AcrossTransactions(TransactionTestCase):
    """Committed rows are read as well."""

    def test_events_of_a_block(self):
        """Also those that follow a rollback of everything."""
        with captured_events() as events:
            Company.objects.create(name="Acme")
            with pytest.raises(IntegrityError), action("company.found"):
                Company.objects.create(name="Acme")

        assert [event.type for event in events()] == ["model.created", "action.failed"]


@pytest.mark.django_db
def test_events_are_chosen_by_model_and_by_type(captured_events):
    """An object is one, too; a proxy is its model; actions about an object are its own."""
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company, holder="Ann")
    with action("certificate.void", subject=certificate):
        certificate.holder = "Bob"
        certificate.save()
    record(PageViewed(path="/", duration_ms=1))

    assert [event.model for event in captured_events(Company, Certificate)] == [
        *(Company, Certificate, Certificate, Certificate),
    ]
    Certificate.objects.create(company=company, holder="Cid")
    assert [event.key for event in captured_events(company, certificate)] == [
        *(company.pk, certificate.pk, certificate.pk, certificate.pk),
    ]
    (updated,) = captured_events(CertificateProxy).of("model.updated")
    assert captured_events().of(ModelUpdated) == (updated,)
    assert updated.after == {"holder": "Bob"}
    assert [event.type for event in captured_events(Certificate).of("action.performed")]
    (viewed,) = captured_events().of("page.viewed")
    assert (viewed.model, viewed.subject, viewed.payload.path) == (None, "", "/")


@pytest.mark.django_db
def test_what_a_test_begins_with_can_be_forgotten(captured_events):
    """The arrangement's events are not asserted on."""
    Company.objects.create(name="Acme")
    captured_events.forget()

    assert captured_events() == ()


@pytest.mark.django_db
def test_classified_values_are_as_the_relay_tells_them(captured_events):
    """A test sees what leaves the database and what does not."""
    Account.objects.create(name="Ann", password="party")

    (created,) = captured_events(Account)

    assert "password" not in created.after
    assert created.masked == ("password",)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Scratch, Session, BaseModel])
def test_a_model_that_is_not_captured_is_told(captured_events, model):
    """Instead of a test that looks for no events and passes for ever."""
    with pytest.raises(ConfigurationError, match=f"{model.__name__}' is not captured"):
        captured_events(model)
    if model is not BaseModel:
        with pytest.raises(ConfigurationError, match=f"{model.__name__}' is not captured"):
            captured_events(model(pk=1))


@pytest.mark.django_db(databases=["lite"])
def test_a_database_without_capture_is_told_with_the_way_out():
    """Instead of a test that sees no events and passes."""
    with pytest.raises(ConfigurationError, match=r"'lite' .* is not PostgreSQL"):
        CapturedEvents(using="lite")


@pytest.mark.django_db
def test_a_database_without_an_outbox_is_told_with_the_way_out():
    """As when the test database is older than the application's use of backstory."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE backstory_outbox RENAME TO elsewhere")
        with pytest.raises(ConfigurationError, match=r"no outbox: .*--create-db"):
            CapturedEvents()
        transaction.set_rollback(True)
