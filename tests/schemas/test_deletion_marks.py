"""The mark of a deletion in front of a statement says which one, and nothing else of it changes."""

import pytest

from schemas import (
    Context,
    DeletionMark,
    context_from_comment,
    context_to_comment,
    mark_comment,
    mark_from_comment,
)

DELETION = "0199b2d4-0000-7000-8000-000000000001"
MARK = DeletionMark(DELETION, through=(("a:b, 'c'*/%s", "shop.Company"), ("d", "shop.Café")))


@pytest.mark.parametrize("mark", [DeletionMark(DELETION), DeletionMark(DELETION, True), MARK])
@pytest.mark.parametrize("context", [Context(), Context(action="a", reason="deletion='x' */")])
def test_mark_and_context_come_back(mark, context):
    """The relay reads both from the one comment, whatever names columns have."""
    comment = mark_comment(context_to_comment(context), mark)

    assert mark_from_comment(comment) == mark
    assert context_from_comment(comment) == context
    assert comment.count("*/") == 1


@pytest.mark.parametrize(
    "text",
    ["", "/*action='a'*/", "/*deletion='x'*/", "/*reason='a'*/ /*deletion='y'*/", "/*deletion"],
)
def test_what_is_no_whole_mark_is_none(text):
    """Half a mark, or a word in a statement's text, deletes nothing."""
    assert mark_from_comment(text) is None


def test_mark_written_by_hand_is_read():
    """Somebody in psql may put the reason first, and spaces."""
    text = f"/* reason = 'court order', hard_deletion = '{DELETION.upper()}' */ DELETE FROM x"

    assert mark_from_comment(text) == DeletionMark(DELETION, hard=True)
