"""Many objects in one statement: bulk_create, bulk_update, queryset.update."""

import pytest
from bazaar.models import Guild, Stall, Ware
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Upper
from shop.models import Certificate, Company, Reading

from .witness import exactly

pytestmark = pytest.mark.django_db

MANY = 1200  # over two chunks of the outbox


def test_each_object_of_a_bulk_create_is_told():
    """Signals see none of them."""
    with exactly() as told:
        made = Guild.objects.bulk_create(Guild(name=f"guild {n}") for n in range(MANY))

    assert [event.subject for event in told] == [f"bazaar.Guild/{guild.pk}" for guild in made]


def test_ignored_conflicts_are_no_events():
    """What was there stayed as it was."""
    old = Guild.objects.create(name="Weavers")
    with exactly() as told:
        Guild.objects.bulk_create([old, Guild(name="Dyers")], ignore_conflicts=True)
        Guild.objects.bulk_create([Guild(name="Dyers")], ignore_conflicts=True)

    assert [event.type for event in told] == ["model.created"]


def test_updated_conflicts_are_updates():
    """One statement creates one row, changes one and leaves one as it is."""
    changed, same = (Guild.objects.create(name=name) for name in ("Weavers", "Dyers"))
    with exactly() as told:
        Guild.objects.bulk_create(
            [Guild(id=changed.id, name="Tanners"), same, Guild(id=10**6, name="Fullers")],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name"],
        )

    assert sorted((event.type, event.subject) for event in told) == [
        ("model.created", "bazaar.Guild/1000000"),
        ("model.updated", f"bazaar.Guild/{changed.pk}"),
    ]


def test_bulk_update_tells_of_those_that_changed():
    """It writes every row it is given, in batches."""
    company = Company.objects.create(name="Acme")
    made = Certificate.objects.bulk_create(
        Certificate(company=company, holder=f"holder {n}", shares=n) for n in range(MANY)
    )
    for each in made[::3]:
        each.shares += 1
    with exactly() as told:
        Certificate.objects.bulk_update(made, ["shares", "notes"], batch_size=700)

    assert len(told) == MANY / 3
    assert {tuple(event.after) for event in told} == {("shares",)}


def test_an_update_is_told_row_by_row():
    """Each with its own values, computed by the database."""
    Stall.objects.bulk_create(Stall(name=f"stall {n}", amount=n) for n in range(MANY))
    with exactly() as told:
        Stall.objects.filter(amount__gte=600).update(
            amount=F("amount") * 2, name=Concat(Upper("name"), Value("!"))
        )

    assert len(told) == 600
    assert told[0].after["name"].startswith('"STALL ')


def test_rows_that_leave_the_filter_are_told():
    """Asking the filter again afterwards would find none of them."""
    Stall.objects.create(name="Tea", amount=3)
    with exactly() as told:
        assert Stall.objects.filter(name="Tea").update(name="Coffee") == 1

    assert [(event.before, event.after) for event in told] == [
        ({"name": '"Tea"'}, {"name": '"Coffee"'})
    ]


def test_an_update_that_changes_some_rows_tells_of_those():
    """The statement touched all of them."""
    Stall.objects.bulk_create(Stall(name=f"stall {n}", amount=n) for n in range(10))
    with exactly() as told:
        Stall.objects.update(amount=Case(When(Q(amount__lt=3), then=99), default=F("amount")))

    assert len(told) == 3


def test_an_update_through_a_relation_is_told():
    """Django writes it with a subquery."""
    guild = Guild.objects.create(name="Weavers")
    stall = Stall.objects.create(name="Tea", guild=guild)
    Ware.objects.create(stall=stall, code="a/b,c%", left=1)
    with exactly() as told:
        Stall.objects.filter(guild__name="Weavers").update(guild=None)
        Ware.objects.filter(stall__name="Tea").update(left=F("left") + 1)

    assert [event.subject for event in told] == [
        f"bazaar.Stall/{stall.pk}",
        f"bazaar.Ware/{stall.pk},a%2Fb%2Cc%25",
    ]


def test_rows_that_move_to_another_partition_are_updates():
    """To the database they are deleted here and inserted there."""
    Reading.objects.bulk_create(
        Reading(id=n, region=("north", "south")[n % 2], value=n) for n in range(MANY)
    )
    with exactly() as told:
        Reading.objects.filter(id__lt=10, region="north").update(region="south", value=0)
        Reading.objects.filter(id__gte=10).update(value=F("value") + 1)

    assert {event.type for event in told} == {"model.updated"}
    assert [event.previous_subject for event in told[:2]] == ["", ""]
    assert len(told) == 5 + MANY - 10
