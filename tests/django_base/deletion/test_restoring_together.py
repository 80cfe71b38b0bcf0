"""Rows that refer to each other come back, and what the database refuses is told as a conflict."""

import pytest
from registry.models import Desk, Fund, Partner, Stamp

from django_base.deletion import RestoreConflict

from .physical import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(db):
    """A fund and its lead, who refer to each other, as the lead and his pupil do; and a desk."""
    fund = Fund.objects.create()
    lead = Partner.objects.create(fund=fund)
    Partner.objects.filter(pk=lead.pk).update(mentor=Partner.objects.create(fund=fund, mentor=lead))
    Fund.objects.update(lead=lead)
    Desk.objects.create(fund=fund, number=1)
    return fund


@pytest.mark.parametrize("what", [Fund, Partner])
def test_rows_that_refer_to_each_other_come_back_together(fund, what, captured_events):
    """None of them could be the first one."""
    before = everything()
    row = what.objects.first()
    taken = row.delete()
    told = len(captured_events())

    assert row.restore() == taken
    assert everything() == before
    events = captured_events()[told:]
    assert {event.type for event in events} == {"model.restored"}
    assert len(events) == taken[0]


def test_a_part_of_a_circle_waits_for_the_rest(fund):
    """The partners went before the fund did, and have no place without it."""
    pupil = Partner.objects.exclude(pk=fund.partners.first().pk).get()
    Fund.objects.update(lead=None)
    pupil.delete()
    fund.delete()

    with pytest.raises(RestoreConflict) as caught:
        pupil.restore()
    assert caught.value.reason == "ancestor void"


def test_an_ancestor_only_the_database_saw_is_in_the_way(fund):
    """A stamp is found by what it is on; nobody looked at who made it."""
    other = Fund.objects.create()
    stamp = Stamp.objects.create(on=other, maker=fund.partners.first())
    other.delete()
    fund.delete()

    with pytest.raises(RestoreConflict) as caught:
        other.restore()
    assert caught.value.reason == "ancestor void"
    assert caught.value.subject == f"registry.Partner/{stamp.maker_id}"
    assert (caught.value.model, caught.value.fields) == (Stamp, ("maker",))
    fund.restore()
    assert other.restore() == (2, {"registry.Fund": 1, "registry.Stamp": 1})


@pytest.mark.django_db(transaction=True)
def test_a_unique_value_of_rows_that_nobody_read_is_in_the_way(fund):
    """Outside of a transaction, when all is rolled back and no row can be locked any more."""
    fund.delete()
    taken = Desk.objects.create(fund=Fund.objects.create(), number=1)

    with pytest.raises(RestoreConflict) as caught:
        fund.restore()
    assert caught.value.subject == f"registry.Desk/{taken.pk}"
