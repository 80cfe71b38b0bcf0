"""Rows that go, and what goes or changes with them."""

import pytest
from bazaar.models import Crate, Favourite, FoodStall, Guild, Lease, Note, Shelf, Stall, Tag, Ware
from django.db import connection
from shop.models import Certificate, Company, Legend, Preferred, Watch

from .witness import exactly

pytestmark = pytest.mark.django_db


def execute(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def types(told):
    return sorted((event.type, event.subject.partition("/")[0]) for event in told)


def test_a_deleted_object_is_told_whole():
    """It is the last time that anybody sees it."""
    guild = Guild.objects.create(name="Weavers")
    key = guild.pk
    with exactly() as told:
        guild.delete()

    [deleted] = told
    assert (deleted.subject, deleted.before) == (
        f"bazaar.Guild/{key}",
        {"id": str(key), "name": '"Weavers"'},
    )


@pytest.mark.parametrize("delete", ["delete", "_raw_delete"])
def test_each_row_of_a_deleted_queryset_is_told(delete):
    """With and without Django collecting what belongs to it."""
    Tag.objects.bulk_create(Tag(code=f"tag {n}") for n in range(1200))
    doomed = Tag.objects.filter(code__gte="tag 5")
    expected = doomed.count()
    with exactly() as told:
        doomed.delete() if delete == "delete" else doomed._raw_delete("default")

    assert len(told) == expected


def test_cascades_of_django_are_told():
    """Children, grandchildren, through tables, generic relations; and who was set to NULL."""
    guild = Guild.objects.create(name="Weavers")
    stall, kept = (Stall.objects.create(name=name, guild=guild) for name in ("Tea", "Salt"))
    stall.tags.add(Tag.objects.create(code="hot"))
    Lease.objects.create(stall=stall, guild=guild)
    Shelf.objects.create(stall=stall, label="low")
    Ware.objects.create(stall=stall, code="x")
    Note.objects.create(about=stall, text="closed on Mondays")
    with exactly() as told:
        stall.delete()
        guild.delete()

    assert types(told) == [
        *(("model.deleted", f"bazaar.{name}") for name in ("Guild", "Lease", "Note", "Shelf")),
        *(("model.deleted", f"bazaar.{name}") for name in ("Stall", "Stall_tags", "Ware")),
        ("model.updated", "bazaar.Stall"),
    ]
    [updated] = [event for event in told if event.type == "model.updated"]
    assert (updated.subject, updated.after) == (f"bazaar.Stall/{kept.pk}", {"guild": "null"})


def test_cascade_and_set_null_on_one_row_are_told():
    """A certificate that is replaced by another of the same deleted company."""
    company, other = (Company.objects.create(name=name) for name in ("Acme", "Bolt"))
    first = Certificate.objects.create(company=company, holder="a")
    second = Certificate.objects.create(company=other, holder="b", replaced_by=first)
    Certificate.objects.create(company=company, holder="c", replaced_by=second)
    Watch.objects.create(certificate=first, company=other)
    second.legends.add(Legend.objects.create(text="Restricted"))
    Preferred.objects.create(company=company, holder="d", multiple=1.1)
    with exactly() as told:
        company.hard_delete()
        other.hard_delete()

    assert len([event for event in told if event.type == "model.deleted"]) == 9


def test_a_child_deleted_without_its_parent_is_one_event():
    """``keep_parents`` leaves the parent's row."""
    food = FoodStall.objects.create(name="Soup", cuisine="thai")
    with exactly() as told:
        food.delete(keep_parents=True)

    assert types(told) == [("model.deleted", "bazaar.FoodStall")]


def test_a_row_deleted_by_its_proxy_is_told_of_its_model():
    """A proxy has no rows of its own."""
    Stall.objects.create(name="Tea")
    with exactly() as told:
        Favourite.objects.all().delete()

    assert types(told) == [("model.deleted", "bazaar.Stall")]


def relate(column, rule, table="bazaar_stall"):
    """Let the database keep a relation of crates, for this test."""
    execute(f"ALTER TABLE bazaar_crate ADD FOREIGN KEY ({column}) REFERENCES {table} {rule}")


@pytest.mark.parametrize(
    ("rule", "told_as", "left"),
    [
        ("ON DELETE CASCADE", "model.deleted", 0),
        ("ON DELETE SET NULL", "model.updated", 3),
        ("ON DELETE SET DEFAULT", "model.updated", 3),
    ],
)
def test_what_the_database_does_to_children_is_told(rule, told_as, left):
    """No Python code ever hears of it."""
    relate("stall_id", rule)
    stall = Stall.objects.create(name="Tea")
    Crate.objects.bulk_create(Crate(stall=stall, owner=f"{n}") for n in range(3))
    with exactly() as told:
        execute("DELETE FROM bazaar_stall")

    changed = [(told_as, "bazaar.Crate")] * 3
    assert types(told) == sorted([*changed, ("model.deleted", "bazaar.Stall")])
    assert Crate.objects.count() == left


@pytest.mark.parametrize("order", [1, -1])
def test_database_set_null_and_cascade_on_one_row_are_told_in_order(order):
    """The same row is changed by one rule and then deleted by another, in one statement."""
    for column, rule in [("stall_id", "CASCADE"), ("spare_id", "SET NULL")][::order]:
        relate(column, f"ON DELETE {rule}")
    stall, spare = Stall.objects.create(name="Tea"), Stall.objects.create(name="Salt")
    Crate.objects.bulk_create(Crate(stall=stall, spare=spare) for _ in range(3))
    Crate.objects.create(stall=spare, spare=stall)
    with exactly() as told:
        execute("DELETE FROM bazaar_stall")

    assert types(told).count(("model.deleted", "bazaar.Crate")) == 4


def test_a_tree_that_the_database_deletes_is_told():
    """Each level is deleted by a trigger of the level above."""
    relate("inside_id", "ON DELETE CASCADE", "bazaar_crate")
    inside = None
    for _ in range(20):
        inside = Crate.objects.create(inside=inside)
    with exactly() as told:
        execute("DELETE FROM bazaar_crate WHERE inside_id IS NULL")

    assert len(told) == 20


def test_an_emptied_table_is_told_once():
    """TRUNCATE shows no rows; with CASCADE each emptied table says so."""
    Guild.objects.create(name="Weavers")
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with exactly() as told:
        execute("TRUNCATE bazaar_guild, bazaar_crate CASCADE")

    assert {event.type for event in told} == {"table.truncated"}
    assert {event.subject for event in told} >= {"bazaar.Guild", "bazaar.Stall", "bazaar.Crate"}
    assert len(told) == len({event.subject for event in told})
