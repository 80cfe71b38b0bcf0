"""One object at a time: save, create, get and update."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from bazaar.models import Guild, Stall
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Now, Upper
from shop.models import Certificate, Company

from .witness import exactly

pytestmark = pytest.mark.django_db


def test_a_new_object_is_told_whole():
    """Every field by its name, whatever its column is called."""
    with exactly() as told:
        stall = Stall.objects.create(name="Tea", price=Decimal("2.50"), amount=2)

    [created] = told
    assert (created.type, created.subject) == ("model.created", f"bazaar.Stall/{stall.pk}")
    assert created.after.keys() == {f.name for f in Stall._meta.local_concrete_fields}
    assert (created.after["name"], created.after["worth"]) == ('"Tea"', "5.00")


def test_what_the_database_fills_in_is_told():
    """A default and a generated column are values like any other."""
    with exactly() as told:
        Stall(name="Tea", price=3).save()

    [created] = told
    assert (created.after["amount"], created.after["worth"]) == ("1", "3.00")
    assert created.after["opened_at"].startswith('"20')


def test_only_what_changed_is_told():
    """A save writes every column; that is no reason to tell of each."""
    stall = Stall.objects.create(name="Tea")
    with exactly() as told:
        stall.price = Decimal("7.00")
        stall.save()

    [updated] = told
    assert updated.before == {"price": "1.00", "worth": "1.00"}
    assert updated.after == {"price": "7.00", "worth": "7.00"}


def test_a_save_that_changes_nothing_is_no_event():
    """Forms are sent as they were opened, day after day."""
    stall = Stall.objects.create(name="Tea")
    stall.refresh_from_db()
    with exactly() as told:
        stall.save()
        stall.save(update_fields=["name"])
        Stall.objects.update_or_create(pk=stall.pk, defaults={"name": "Tea"})
        Stall.objects.get_or_create(pk=stall.pk)

    assert told == []


def test_update_fields_tells_what_it_wrote():
    """What the object has but did not save is not in the row."""
    stall = Stall.objects.create(name="Tea")
    stall.name, stall.amount = "Coffee", 9
    with exactly() as told:
        stall.save(update_fields=["name"])

    [updated] = told
    assert updated.after == {"name": '"Coffee"'}


def test_an_existing_key_given_to_a_new_object_is_an_update():
    """Django tries an UPDATE first; the row was there before."""
    stall = Stall.objects.create(name="Tea", amount=3)
    with exactly() as told:
        Stall(pk=stall.pk, name="Coffee", amount=3, opened_at=stall.opened_at).save()

    [updated] = told
    assert (updated.type, updated.after) == ("model.updated", {"name": '"Coffee"'})


def test_a_forced_insert_that_fails_is_no_event():
    """The key is taken: nothing was written."""
    guild = Guild.objects.create(name="Weavers")
    with exactly() as told:
        with pytest.raises(IntegrityError), transaction.atomic():
            Guild(pk=guild.pk, name="Dyers").save(force_insert=True)
        Guild(pk=guild.pk + 1000, name="Dyers").save(force_insert=True)

    assert [event.type for event in told] == ["model.created"]


def test_get_or_create_is_told_once():
    """The second call finds what the first one made."""
    with exactly() as told:
        for _ in range(2):
            Guild.objects.get_or_create(name="Weavers")
        Guild.objects.update_or_create(name="Dyers")
        Guild.objects.update_or_create(name="Dyers", defaults={"name": "Tanners"})

    assert [event.type for event in told] == ["model.created", "model.created", "model.updated"]


def test_expressions_are_told_by_their_results():
    """The event holds what the database computed, not what was asked of it."""
    stall = Stall.objects.create(name="tea", amount=2)
    with exactly() as told:
        stall.amount = F("amount") + 5
        stall.name = Upper(Value("coffee"))
        stall.opened_at = Now()
        stall.save()

    [updated] = told
    assert (updated.after["amount"], updated.after["name"]) == ("7", '"COFFEE"')
    assert updated.after["opened_at"] > updated.before["opened_at"]


def test_text_of_any_kind_is_told_as_it_is():
    """Quotes, comments and per cent signs mean something to SQL, JSON or our own comment."""
    company = Company.objects.create(name="Acme")
    with exactly():
        made = Certificate(company=company, holder="Ann", issued_at=datetime.now(UTC))
        made.save()
        made.holder = "50% of 'all' */ \U0001f600 \\ \"quoted\"\n\x01\x7f"
        made.notes = "%s %(x)s"
        made.save()
