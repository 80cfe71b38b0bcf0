"""A check that cannot fail is a defect: the history is tampered with, and has to be found out."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from infra.demo.ledger import Intent, Outcome
from infra.demo.observed import Observed
from tests.ledger.truth import Told, Truth, change_between
from tests.ledger.verdict import Verdict, compare, window_over

IMAGES: list[dict[str, Any]] = [
    {"id": 7, "company": 1, "shares": Decimal(shares), "note": shares, "pin": "0"}
    for shares in ("10.0000", "20.5000", "30.0000")
]
LIFE = [(None, IMAGES[0]), (IMAGES[0], IMAGES[1]), (IMAGES[1], IMAGES[2]), (IMAGES[2], None)]


def an_event(number: int, old: Any, new: Any, **changes: Any) -> Observed:
    """What the history should say of a change; ``number`` is its place in the outbox."""
    change = change_between(old, new)
    known = {
        "id": f"00000000-0000-7000-8000-{number:012d}",
        "type": change.type,
        "order": ("cap", number, 0),
        "place": ("events", 0, number),
        "model": "cap.Certificate",
        "object_id": change.object_id,
        "reason": "attempt",
        "before": {name: old[name] for name, _ in change.before},
        "after": {name: new[name] for name, _ in change.after},
        "masked": change.masked,
    }
    return Observed(**{**known, **changes})


def the_events() -> list[Observed]:
    return [an_event(number, *pair) for number, pair in enumerate(LIFE, 1)]


def found_in(
    events: list[Observed],
    *,
    intents: tuple[Intent, ...] = (),
    window_of: dict[int, int] | None = None,
) -> Verdict:
    """Compare events with the life that happened, the last step of which is in a second window."""
    ids = [event.id for event in the_events()]
    windows = {1: window_over(ids[:3], {}), 2: window_over(ids[3:], {})}
    truth = Truth(
        changes=[change_between(*pair) for pair in LIFE],
        attempts={"attempt"},
        windows=windows,
        window_of=window_of or {1: 1, 2: 1, 3: 1, 4: 2},
    )
    told = Told(
        events=sorted(events, key=lambda event: event.order),
        windows=windows,
        window_of={e.id: truth.window_of.get(e.order[1], 0) for e in events},
    )
    return compare(truth, told, intents)


def test_what_happened_has_no_fault():
    """The other tests say something only because this one finds nothing."""
    assert found_in(the_events()) == Verdict()


@pytest.mark.parametrize("number", range(4))
def test_a_missing_event_is_lost(number: int):
    """Also the first and the last one, which leave no gap in the chain."""
    events = the_events()
    del events[number]

    verdict = found_in(events)

    assert len(verdict.lost) == 1
    assert not verdict.phantom + verdict.repeated
    assert verdict.miscounted, "the ledger knows of it, too"


def test_an_event_under_another_id_is_repeated():
    """The history's key cannot see that; the content does."""
    again = an_event(9, *LIFE[1])

    verdict = found_in([*the_events(), again], window_of={1: 1, 2: 1, 3: 1, 4: 2, 9: 2})

    assert len(verdict.repeated) == 1
    assert not verdict.lost + verdict.phantom
    assert verdict.inverted
    assert verdict.miscounted


def test_an_id_that_is_there_twice_is_repeated():
    """If the key did not hold."""
    verdict = found_in([*the_events(), the_events()[3]])

    assert any("is there 2 times" in sentence for sentence in verdict.repeated)


def test_two_events_that_changed_places_are_inverted():
    """All is there, and the later write has the lower number."""
    first, second, third, last = the_events()
    swapped = [first, replace(second, order=third.order), replace(third, order=second.order), last]

    verdict = found_in(swapped)

    assert verdict.inverted
    assert not verdict.lost + verdict.phantom + verdict.repeated


def test_an_event_of_something_that_never_was_is_a_phantom():
    """Such as a change that a crash or a rollback took back."""
    invented = an_event(9, None, {**IMAGES[0], "id": 8})

    verdict = found_in([*the_events(), invented])

    assert len(verdict.phantom) == 1
    assert not verdict.lost + verdict.repeated
    assert "1 events are in no window" in verdict.miscounted


def test_an_event_with_other_digits_is_lost_and_a_phantom():
    """20.5 is not 20.5000: a history keeps what was written."""
    events = the_events()
    events[1] = replace(events[1], after={**events[1].after, "shares": Decimal("20.5")})

    verdict = found_in(events)

    assert (len(verdict.lost), len(verdict.phantom)) == (1, 1)


def test_an_event_of_a_transaction_that_was_not_committed_is_a_phantom():
    """Even if it looks like another one that was."""
    events = the_events()
    events[3] = replace(events[3], reason="rolled back")

    assert len(found_in(events).phantom) == 1


def test_a_window_that_covers_other_events_is_miscounted():
    """Each window for itself, not only their sum: by the rows it covered, and by its events."""
    verdict = found_in(the_events(), window_of={1: 1, 2: 1, 3: 2, 4: 2})

    assert len(verdict.miscounted) == 4


@pytest.mark.parametrize(
    ("outcome", "key", "kind"),
    [
        (Outcome.COMMITTED, "gone", "taken_back"),
        (Outcome.ROLLED_BACK, "attempt", "contradicted"),
    ],
)
def test_what_the_writer_saw_is_held_against_the_database(outcome: Outcome, key: str, kind: str):
    """Otherwise a witness that sees nothing would agree with an empty history."""
    intents = (Intent(key=key, what="it", outcome=outcome), Intent(key="?", what="unknown"))

    verdict = found_in(the_events(), intents=intents)

    assert verdict == Verdict(**{kind: ["it"]})
