"""Each object's events have to link, and to add up to its row."""

from decimal import Decimal

from infra.demo.chains import Chains, follow_all
from infra.demo.observed import Observed

KEY = ("captable.Certificate", "7")


def a_change(sequence, before=None, after=None, kind="model.updated", **changes):
    return Observed(
        id=f"id-{sequence}",
        type=kind,
        order=("captable", sequence, 0),
        place=("backstory.events", 0, changes.pop("offset", sequence)),
        model=KEY[0],
        object_id=KEY[1],
        before=before or {},
        after=after or {},
        **changes,
    )


def a_life():
    return [
        a_change(1, after={"id": 7, "shares": Decimal("100.0000")}, kind="model.created"),
        a_change(2, {"shares": Decimal("100.0000")}, {"shares": Decimal("90.0000")}),
        a_change(3, {"shares": Decimal("90.0000")}, {"shares": Decimal("80.0000")}),
    ]


def test_linked_changes_are_in_order_and_give_the_row():
    """The other tests say something only because this one finds nothing."""
    chains = follow_all(a_life())

    assert chains.broken == []
    assert chains.differences({KEY: {"id": 7, "shares": Decimal(80)}}) == []


def test_two_changes_in_the_wrong_order_do_not_link():
    """The later write must not carry the lower number."""
    first, second, third = a_life()
    swapped = [first, a_change(2, second.before, third.after), a_change(3, {"shares": 100})]

    assert follow_all(swapped).broken
    assert follow_all([first, a_change(2, {"shares": 90}, {"shares": 80})]).broken


def test_missing_change_breaks_the_chain():
    """What comes next begins with a value that nobody wrote."""
    first, _, third = a_life()

    assert len(follow_all([first, third]).broken) == 1


def test_repeated_change_breaks_the_chain():
    """The same change again begins with a value that is no longer there."""
    first, second, _ = a_life()
    again = a_change(3, second.before, second.after)

    assert len(follow_all([first, second, again]).broken) == 1


def test_later_write_that_arrives_earlier_is_out_of_order():
    """Consumers read by offset: there the order has to be right as well."""
    first, second, third = a_life()
    early = a_change(3, third.before, third.after, offset=1)

    assert len(follow_all([first, a_change(2, second.before, second.after), early]).broken) == 1


def test_change_after_deletion_is_out_of_order():
    """Nothing can happen to a row that is gone, except that it comes back."""
    first, _, third = a_life()
    deleted = a_change(2, first.after, kind="model.deleted")

    assert follow_all([first, deleted, third]).broken
    assert (
        follow_all([first, deleted, a_change(3, after={"id": 7}, kind="model.created")]).broken
        == []
    )


def test_created_twice_is_out_of_order():
    """A row that exists cannot come into being."""
    first, _, _ = a_life()

    assert follow_all([first, a_change(2, after=first.after, kind="model.created")]).broken


def test_break_in_an_earlier_run_is_not_blamed_on_this_one():
    """A run judges its own changes; the earlier ones only say where the rows stood."""
    chains = Chains()
    first, _, third = a_life()

    chains.follow(first, judged=False)
    chains.follow(third, judged=False)

    assert chains.broken == []


def test_row_that_differs_from_its_history_is_found():
    """The final rows are the check that does not depend on anybody's intents."""
    chains = follow_all(a_life())

    assert len(chains.differences({KEY: {"id": 7, "shares": Decimal(81)}})) == 1
    assert len(chains.differences({})) == 1
    known = {"id": 7, "shares": Decimal(80)}
    assert len(chains.differences({KEY: known, (KEY[0], "8"): {"id": 8}})) == 1
    assert len(chains.differences({KEY: {**known, "holder": 3}})) == 1


def test_changed_key_takes_its_row_along():
    """An UPDATE of the primary key is one object with a new name."""
    first, second, _ = a_life()
    moved = Observed(
        id="moved",
        type="model.updated",
        order=("captable", 3, 0),
        model=KEY[0],
        object_id="8",
        previous=KEY,
        before={"id": 7},
        after={"id": 8},
    )

    chains = follow_all([first, second, moved])

    assert chains.broken == []
    assert chains.differences({(KEY[0], "8"): {"id": 8, "shares": 90}}) == []
