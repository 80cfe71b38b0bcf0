"""A check that cannot fail is a defect: each fault is made once and has to be found."""

from decimal import Decimal

from infra.demo.judging import Verdict, judge
from infra.demo.ledger import Expected, Intent, Outcome
from infra.demo.observed import Observed

CERTIFICATE = "captable.Certificate"


def an_intent(key="1", outcome=Outcome.COMMITTED, **changes):
    created = Expected(type="model.created", model=CERTIFICATE, values={"number": f"CS-{key}"})
    known = {"what": f"issue CS-{key}", "trace": f"trace-{key}", "expects": (created,)}
    return Intent(key=key, outcome=outcome, **{**known, **changes})


def an_event(key="1", **changes):
    known = {
        "id": f"id-{key}",
        "type": "model.created",
        "order": ("captable", int(key), 0),
        "model": CERTIFICATE,
        "object_id": key,
        "trace": f"trace-{key}",
        "after": {"number": f"CS-{key}", "shares": 100},
    }
    return Observed(**{**known, **changes})


def faults(verdict: Verdict) -> tuple[int, int, int]:
    return len(verdict.lost), len(verdict.phantom), len(verdict.repeated)


def test_history_that_holds_what_was_meant_has_no_fault():
    """The other tests say something only because this one finds nothing."""
    verdict = judge([an_intent("1"), an_intent("2")], [an_event("2"), an_event("1")])

    assert faults(verdict) == (0, 0, 0)
    assert verdict.undecided == []


def test_missing_event_is_lost():
    """A committed change without its event is what the whole design has to prevent."""
    verdict = judge([an_intent("1"), an_intent("2")], [an_event("1")])

    assert faults(verdict) == (1, 0, 0)
    assert "CS-2" in verdict.lost[0]


def test_event_with_another_value_is_lost_and_phantom():
    """An event that says something else than what was written does not count as arrived."""
    verdict = judge([an_intent()], [an_event(after={"number": "CS-7"})])

    assert faults(verdict) == (1, 1, 0)


def test_event_of_rolled_back_intent_is_phantom():
    """What rolled back never existed."""
    verdict = judge([an_intent(outcome=Outcome.ROLLED_BACK)], [an_event()])

    assert faults(verdict) == (0, 1, 0)


def test_event_that_a_rolled_back_intent_leaves_is_expected():
    """A failed action is recorded, its writes are not."""
    failed = Expected(type="action.failed", action="certificate.issue")
    intent = an_intent(outcome=Outcome.ROLLED_BACK, otherwise=(failed,))
    event = an_event(type="action.failed", model="", object_id="", action="certificate.issue")

    assert faults(judge([intent], [event])) == (0, 0, 0)
    assert faults(judge([intent], [])) == (1, 0, 0)


def test_event_without_trace_that_nobody_meant_is_phantom():
    """psql and commands send no trace, so every such event has to be explained by its values."""
    verdict = judge([an_intent()], [an_event(), an_event("2", trace="")])

    assert faults(verdict) == (0, 1, 0)


def test_event_of_a_visitor_is_counted_and_not_judged():
    """Somebody may use the site while the demo runs."""
    verdict = judge([an_intent()], [an_event(), an_event("2", trace="somebody")])

    assert faults(verdict) == (0, 0, 0)
    assert verdict.others == 1


def test_same_id_twice_is_repeated():
    """The same event must not be in the history in two partitions."""
    verdict = judge([an_intent()], [an_event(), an_event()])

    assert faults(verdict) == (0, 0, 1)


def test_same_change_under_another_id_is_repeated():
    """A relay that made a new id when it sent again would not be caught by the primary key."""
    verdict = judge([an_intent()], [an_event(), an_event(id="another", order=("captable", 9, 0))])

    assert faults(verdict) == (0, 0, 1)


def test_change_by_the_wrong_person_is_lost_and_phantom():
    """Who did it is part of what has to arrive."""
    expected = Expected(type="model.created", model=CERTIFICATE, actor="ada")

    verdict = judge([an_intent(expects=(expected,))], [an_event(actor="ben")])

    assert faults(verdict) == (1, 1, 0)


def test_unknown_outcome_is_decided_by_the_database():
    """A dead connection says nothing; the application's rows say what happened."""
    intent = an_intent(outcome=Outcome.UNKNOWN)

    assert faults(judge([intent], [], lambda _: Outcome.COMMITTED)) == (1, 0, 0)
    assert faults(judge([intent], [an_event()], lambda _: Outcome.ROLLED_BACK)) == (0, 1, 0)


def test_undecided_outcome_accepts_either_way_and_says_so():
    """What nobody can know is not called a fault, and not hidden."""
    intent = an_intent(outcome=Outcome.UNKNOWN)

    for events in ([], [an_event()]):
        verdict = judge([intent], events)
        assert faults(verdict) == (0, 0, 0)
        assert len(verdict.undecided) == 1


def test_each_row_of_a_bulk_update_has_to_arrive():
    """One statement, many events: the number alone would hide one lost and one repeated."""
    rows = tuple(
        Expected(type="model.updated", model=CERTIFICATE, object_id=key, values={"price": "2.50"})
        for key in ("1", "2", "3")
    )
    intent = an_intent(trace="", expects=rows)
    arrived = [
        an_event(key, trace="", type="model.updated", after={"price": Decimal("2.5")})
        for key in ("1", "2")
    ]

    assert faults(judge([intent], arrived)) == (1, 0, 0)
    again = an_event("2", id="again", trace="", type="model.updated", after=arrived[1].after)
    assert faults(judge([intent], [*arrived, again])) == (1, 0, 1)
