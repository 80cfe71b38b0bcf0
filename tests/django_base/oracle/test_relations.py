"""Many-to-many relations, generic relations, inheritance, order within a parent."""

import pytest
from bazaar.models import (
    Favourite,
    FoodStall,
    Guild,
    Lease,
    NoodleStall,
    Note,
    Permit,
    Shelf,
    Stall,
    Tag,
)
from shop.models import Account, Legend

from .witness import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall():
    return Stall.objects.create(name="Tea")


@pytest.fixture
def tags():
    return [Tag.objects.create(code=code) for code in ("cheap", "cold", "hot")]


def ends(told):
    """The two ends that each event of a through table names."""
    return [
        (event.type.removeprefix("model."), side["stall"], side["tag"])
        for event in told
        for side in (event.after or event.before,)
    ]


def test_an_added_relation_names_both_ends(stall, tags):
    """One event a pair; neither end itself has changed."""
    with exactly() as told:
        stall.tags.add(*tags[:2])

    assert {event.subject.partition("/")[0] for event in told} == {"bazaar.Stall_tags"}
    assert sorted(ends(told)) == [
        ("created", str(stall.pk), '"cheap"'),
        ("created", str(stall.pk), '"cold"'),
    ]


def test_what_is_related_already_is_added_without_an_event(stall, tags):
    """Adding it again changes nothing."""
    stall.tags.add(tags[0])
    with exactly() as told:
        stall.tags.add(tags[0])
        tags[0].stall_set.add(stall)
        stall.tags.set([tags[0]])

    assert told == []


def test_set_tells_only_the_difference(stall, tags):
    """What stays related has no event."""
    stall.tags.set(tags[:2])
    with exactly() as told:
        stall.tags.set(tags[1:])

    assert sorted(ends(told)) == [
        ("created", str(stall.pk), '"hot"'),
        ("deleted", str(stall.pk), '"cheap"'),
    ]


def test_the_other_side_tells_the_same(stall, tags):
    """Whichever end is asked, the row is the same."""
    with exactly() as told:
        tags[0].stall_set.add(stall)
        tags[0].stall_set.remove(stall)
        tags[1].stall_set.set([stall])
        stall.tags.clear()
        tags[2].stall_set.create(name="Salt")
        tags[2].stall_set.clear()

    pairs = [event for event in told if event.subject.startswith("bazaar.Stall_tags")]
    assert [kind for kind, *_ in ends(pairs)] == ["created", "deleted"] * 3


def test_a_symmetrical_relation_is_two_rows(stall):
    """And so it is two events, each with its own direction."""
    other = Stall.objects.create(name="Salt")
    with exactly() as told:
        stall.neighbours.add(other)

    assert sorted((each.after["from_stall"], each.after["to_stall"]) for each in told) == sorted(
        [(str(stall.pk), str(other.pk)), (str(other.pk), str(stall.pk))]
    )


def test_a_directed_relation_to_itself_is_one_row(stall):
    """Who supplies whom is in the names of its fields."""
    other = Stall.objects.create(name="Salt")
    with exactly() as told:
        stall.suppliers.add(other)
        other.customers.remove(stall)

    assert [event.type for event in told] == ["model.created", "model.deleted"]
    assert told[0].after["from_stall"] == str(stall.pk)


def test_a_through_model_of_its_own_is_told_with_its_fields(stall):
    """Its other fields belong to the relation."""
    guild, other = (Guild.objects.create(name=name) for name in ("Weavers", "Dyers"))
    with exactly() as told:
        stall.keepers.add(guild, through_defaults={"rent": 10})
        stall.keepers.set([guild, other])
        Lease.objects.filter(guild=guild).update(rent=12)
        guild.kept.clear()

    assert [event.type for event in told] == [
        *("model.created", "model.created", "model.updated", "model.deleted")
    ]
    assert told[0].after["rent"] == "10"


def test_relations_of_a_tracked_model_are_told():
    """Its through table comes with a model of somebody else's."""
    account = Account.objects.create(name="third", password="party")
    legend = Legend.objects.create(text="Restricted")
    with exactly() as told:
        account.groups.add(legend)

    assert told[0].after["legend"] == f'"{legend.pk}"'


def test_a_generic_relation_is_told_by_its_columns(stall):
    """The content type and the key, as the row has them; taken away it takes its rows along."""
    with exactly() as told:
        note = stall.notes.create(text="closed on Mondays")
        stall.notes.add(Note(text="open again"), bulk=False)
        note.about = Stall.objects.create(name="Salt")
        note.save()
        stall.notes.all().delete()
        note.about.delete()

    assert told[0].after["object_id"] == str(stall.pk)


def test_a_child_of_a_child_is_a_row_in_each_table():
    """Three tables, three rows; an update tells of those it changed."""
    with exactly() as made:
        noodle = NoodleStall.objects.create(name="Udon", cuisine="jp")
    with exactly() as changed:
        noodle.spicy, noodle.name = True, "Soba"
        noodle.save()
        NoodleStall.objects.update(cuisine="kr", price=9)
        FoodStall.objects.get(pk=noodle.pk).save()
    with exactly() as gone:
        Stall.objects.get(pk=noodle.pk).delete()

    labels = ["bazaar.FoodStall", "bazaar.NoodleStall", "bazaar.Stall"]
    for told in (made, gone):
        assert sorted(event.subject for event in told) == [f"{each}/{noodle.pk}" for each in labels]
    assert len(changed) == 4


def test_a_proxy_writes_rows_of_its_model(stall):
    """It has the identity of what it stands for."""
    with exactly() as told:
        proxy = Favourite.objects.get(pk=stall.pk)
        proxy.name = "Coffee"
        proxy.save()
        Favourite.objects.create(name="Salt")

    assert {event.subject.partition("/")[0] for event in told} == {"bazaar.Stall"}


def test_a_row_that_shares_the_key_of_another_is_itself(stall):
    """A one-to-one relation as primary key."""
    with exactly() as told:
        permit = Permit.objects.create(stall=stall)
        permit.number = 7
        permit.save()
        stall.delete()

    assert [event.subject for event in told if "Permit" in event.subject] == [
        f"bazaar.Permit/{permit.pk}"
    ] * 3


def test_a_new_order_is_told_of_those_that_moved(stall):
    """Django keeps it in a column that no form shows."""
    shelves = [Shelf.objects.create(stall=stall, label=label) for label in "abc"]
    with exactly() as told:
        stall.set_shelf_order([shelves[1].pk, shelves[0].pk, shelves[2].pk])

    assert [(event.before, event.after) for event in told] == [
        ({"_order": "0"}, {"_order": "1"}),
        ({"_order": "1"}, {"_order": "0"}),
    ]
