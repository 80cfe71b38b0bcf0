"""Where a window can begin at all."""

from __future__ import annotations

from producer.marks import Marks


def test_without_a_mark_reading_begins_at_the_start() -> None:
    """A saving only."""
    assert Marks().below("100:100:", "200:200:") == 0


def test_mark_before_the_oldest_unseen_transaction_counts() -> None:
    """A transaction after a mark wrote only numbers above it."""
    marks = Marks()
    marks.note(100, 7)
    marks.note(200, 9)
    assert marks.below("150:150:", "300:300:") == 7
    assert marks.below("201:201:", "300:300:") == 9
    assert marks.below("200:200:", "300:300:") == 7


def test_transaction_that_ended_meanwhile_reaches_further_back() -> None:
    """One that is still running does not: nothing of it can be seen."""
    marks = Marks()
    marks.note(100, 7)
    marks.note(200, 9)
    assert marks.below("120:250:120", "300:300:") == 7
    assert marks.below("120:250:120", "120:300:120") == 9


def test_marks_stay_few() -> None:
    """Older ones become sparse, and stay right."""
    marks = Marks()
    for number in range(1, 50_000):
        marks.note(number * 10, number)
    assert len(marks._xids) <= 4096
    assert 0 < marks.below("300000:300000:", "600000:600000:") < 30_000
