"""Whatever identifies a row, and rows whose identity changes."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bazaar.models import Crate, Eclipse, Rate, Stall, Tag, Ware
from django.db import connection
from django.db.models import F
from shop.models import Company, Holding, Legend, Preferred

from django_base.subjects import subject_of

from .witness import exactly

pytestmark = pytest.mark.django_db


def execute(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


KEYED = {
    "number": lambda: Stall.objects.create(name="Tea"),
    "uuid": lambda: Legend.objects.create(id=uuid.UUID(int=7), text="x"),
    "text": lambda: Tag.objects.create(code="ä/b,c d%\"'\\"),
    "empty text": lambda: Tag.objects.create(code=""),
    "composite": lambda: Holding.objects.create(fund="F,1/ü", day=date(2026, 5, 17)),
    "composite with a relation": lambda: Ware.objects.create(
        stall=Stall.objects.create(name="Tea"), code="a"
    ),
    "moment": lambda: Eclipse.objects.create(at=datetime(2026, 8, 12, 17, 45, 51, 120_000, UTC)),
    "decimal": lambda: Rate.objects.create(percent=Decimal("2.5000")),
}


@pytest.mark.parametrize("kind", KEYED)
def test_every_kind_of_key_is_told_as_the_application_names_it(kind):
    """Actions and page views name the object in Python, its changes come from the database."""
    with exactly() as told:
        made = KEYED[kind]()
        made.save()
        named = subject_of(type(made).objects.get(pk=made.pk))
        getattr(made, "hard_delete", made.delete)()

    assert [event.subject for event in told][-1] == named
    assert [event.subject for event in told].count(named) == 2


def test_a_changed_key_links_the_new_row_to_the_old_one():
    """Else it would be one object that ends and another that begins."""
    Tag.objects.create(code="old")
    with exactly() as told:
        Tag.objects.filter(code="old").update(code="new")

    [updated] = told
    assert (updated.type, updated.subject, updated.previous_subject) == (
        *("model.updated", "bazaar.Tag/new", "bazaar.Tag/old"),
    )
    assert (updated.before, updated.after) == ({"code": '"old"'}, {"code": '"new"'})


def test_a_key_assigned_to_an_object_makes_another_row():
    """``save`` looks for the new key and does not find it."""
    tag = Tag.objects.create(code="old")
    with exactly() as told:
        tag.code = "new"
        tag.save()

    assert [(event.type, event.subject) for event in told] == [("model.created", "bazaar.Tag/new")]


def test_a_part_of_a_composite_key_can_change():
    """Beside fields that are not of the key, and in many rows at once."""
    Holding.objects.bulk_create(
        Holding(fund="F", day=date(2026, 1, n), units=n) for n in range(1, 31)
    )
    with exactly() as told:
        Holding.objects.update(fund="G", units=F("units") + 1)

    assert told[0].previous_subject == "shop.Holding/F,2026-01-01"
    assert told[0].subject == "shop.Holding/G,2026-01-01"


def test_keys_that_take_each_others_place_stay_apart():
    """Each row keeps its history, though its key was another's a moment ago."""
    Rate.objects.bulk_create([Rate(percent=Decimal(n), name=f"was {n}") for n in (3, 2, 1)])
    with exactly() as told:
        execute("UPDATE bazaar_rate SET percent = percent + 1")

    assert [event.previous_subject for event in told] == [
        f"bazaar.Rate/{n}.0000" for n in (3, 2, 1)
    ]


def test_a_key_that_came_back_is_told_in_order():
    """Away and home again, deleted and made anew, within one transaction."""
    tag = Tag.objects.create(code="a")
    with exactly() as told:
        Tag.objects.filter(code="a").update(code="b")
        Tag.objects.filter(code="b").update(code="a")
        tag.delete()
        Tag.objects.create(code="a")
        Tag.objects.filter(code="a").update(code="c")
        Tag.objects.create(code="a")

    assert [event.subject.partition("/")[2] for event in told] == ["b", "a", "a", "a", "c", "a"]


def test_children_follow_a_changed_key_by_the_databases_rule():
    """ON UPDATE CASCADE writes their rows without Django."""
    execute(
        "ALTER TABLE bazaar_crate ADD FOREIGN KEY (owner) REFERENCES bazaar_tag ON UPDATE CASCADE"
    )
    Tag.objects.create(code="ann")
    Crate.objects.bulk_create(Crate(owner="ann") for _ in range(3))
    with exactly() as told:
        Tag.objects.filter(code="ann").update(code="bob")

    assert [event.after for event in told if "Crate" in event.subject] == [{"owner": '"bob"'}] * 3


def test_the_key_of_a_child_table_is_its_parents():
    """Its row and its parent's have one key and two names."""
    company = Company.objects.create(name="Acme")
    with exactly() as told:
        preferred = Preferred.objects.create(company=company, holder="p", multiple=0.1)

    assert {event.subject for event in told} == {
        *(f"shop.Certificate/{preferred.pk}", f"shop.Preferred/{preferred.pk}"),
    }
