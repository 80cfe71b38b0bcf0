"""What a benchmark says about its targets."""

import pytest
from rich.console import Console

from benchmarks.findings import Finding, Result, a_table, duration, number, show


@pytest.mark.parametrize(
    ("value", "bound", "met"),
    [
        (1.2, "at most", True),
        (1.3, "at most", False),
        (1.2, "at least", True),
        (1.1, "at least", False),
        (1.0, None, None),
    ],
)
def test_target_is_met_on_its_side_of_the_limit(value, bound, met):
    """A ratio must not be above its limit, a rate not below; what has no target is only told."""
    assert Finding(name="a figure", value=value, bound=bound, limit=1.2).met is met


def test_missed_target_is_shown_and_written_and_raises_nothing():
    """A slow machine is no failure: the reader sees which target it misses."""
    finding = Finding(name="relay", value=9_000, bound="at least", limit=40_000, unit="events/s")
    result = Result(name="relay", findings=[finding], figures={"events": 1})
    console = Console(record=True, width=100)

    show(console, result)

    assert "not met" in console.export_text()
    assert result.as_json() == {
        "targets": [
            {
                "name": "relay",
                "value": 9_000,
                "unit": "events/s",
                "bound": "at least",
                "limit": 40_000,
                "met": False,
            }
        ],
        "events": 1,
    }


def test_title_stays_on_one_line_however_narrow_the_table():
    """A title broken to the width of two short columns cannot be read."""
    title = "a long title over a table that holds next to nothing"
    console = Console(record=True, width=100)

    show(console, Result(name="x", findings=[], tables=[a_table(title, "a", "b")]))

    assert title in console.export_text()


def test_figures_have_as_many_digits_as_they_deserve():
    """Three digits say enough."""
    assert [number(each) for each in (12_345.6, 12.34, 1.234, 0)] == [
        "12,346",
        "12.3",
        "1.23",
        "0.00",
    ]
    assert [duration(each) for each in (950.4, 25_400)] == ["950 µs", "25 ms"]
