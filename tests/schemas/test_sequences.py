"""The order of a source as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import InvalidEvent, sequence_of, split_sequence

pairs = st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 999_999))


@given(st.lists(pairs))
def test_sequences_sort_like_the_numbers_they_are_made_of(numbers: list[tuple[int, int]]):
    """Any tool that sorts text sees the events in order."""
    texts = sorted(sequence_of(seq, position) for seq, position in numbers)

    assert [split_sequence(text) for text in texts] == sorted(numbers)


@pytest.mark.parametrize("pair", [(-1, 0), (2**63, 0), (0, -1), (0, 1_000_000)])
def test_number_that_would_not_sort_is_refused(pair: tuple[int, int]):
    """A seventh digit would put an event before its predecessor."""
    with pytest.raises(InvalidEvent) as caught:
        sequence_of(*pair)
    assert caught.value.field == "sequence"


@pytest.mark.parametrize(
    "text", ["", "1.2", "x" * 26, "0000000000000000001.00000x", "²" * 19 + ".000001"]
)
def test_text_that_is_no_sequence_is_refused(text: str):
    """The persister keeps both numbers in columns; a wrong one is poison, not zero."""
    with pytest.raises(InvalidEvent, match="is no sequence"):
        split_sequence(text)
