"""What is told of rows that are voided, restored and removed for good."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from producer import Column
from producer.deletions import without_mark
from producer.identity import hashed
from schemas import (
    Change,
    Context,
    DeletionMark,
    ModelCreated,
    ModelDeleted,
    ModelRestored,
    ModelUpdated,
    ModelVoided,
    context_to_comment,
    mark_comment,
)
from tests.producer.rows_making import CLASSES, a_model, a_row, events_of

DELETION = "0199b2d4-0000-7000-8000-000000000001"
OTHER = "0199b2d4-0000-7000-8000-000000000002"
LIVE: dict[str, Any] = {"id": 1, "company_id": 3, "shares": 2, "pin": None, "void_id": None}
VOID = LIVE | {"void_id": DELETION}
MODEL = a_model(CLASSES | {"void_id": "internal"}, void_column="void_id")
THROUGH = (("company_id", "cap.Company"),)


def changed(*, model: Any = MODEL, mark: DeletionMark | None = None, **images: Any) -> Change:
    """Return what is told of one row's change by a statement with a mark."""
    kind = "update" if len(images) == 2 else "insert" if "new" in images else "delete"
    comment = mark_comment("", mark)[2:-2] if mark else None
    sides = {side: [image] for side, image in images.items()}
    [event] = events_of(a_row(kind, context=comment, **sides), model=model)
    payload = event.payload()
    assert isinstance(payload, Change)
    return payload


def test_voiding_and_restoring_are_told_with_their_deletion() -> None:
    """The row itself says which, whatever stands in front of the statement."""
    voided = changed(old=LIVE, new=VOID)
    restored = changed(old=VOID, new=LIVE, mark=DeletionMark(OTHER))

    assert (type(voided), type(restored)) == (ModelVoided, ModelRestored)
    assert voided.deletion == restored.deletion == DELETION


def test_flag_is_no_field_of_any_event() -> None:
    """What changes with it is told in the same event."""
    new = VOID | {"shares": 5, "pin": "x"}
    voided = changed(old=LIVE, new=new)
    created, deleted = changed(new=LIVE), changed(old=VOID)

    assert isinstance(voided, ModelVoided)
    assert (voided.before.keys(), voided.after.keys()) == ({"shares"}, {"shares"})
    assert (voided.masked, voided.unknown) == (("pin",), ())
    assert isinstance(created, ModelCreated)
    assert isinstance(deleted, ModelDeleted)
    assert created.after.keys() == deleted.before.keys() == {"id", "company", "shares"}
    assert created.deletion is deleted.deletion is UNSET


def test_flag_that_an_application_of_before_does_not_know_is_not_published() -> None:
    """A column that exists and is not described yet is the flag all the same."""
    voided = changed(old=LIVE, new=VOID, model=a_model(void_column="void_id"))

    assert (type(voided), voided.unknown) == (ModelVoided, ())


def test_rows_of_a_model_without_the_flag_are_told_as_ever() -> None:
    """An application that was not upgraded has no void column in what it says of itself."""
    updated = changed(old=LIVE, new=VOID, model=a_model(CLASSES | {"void_id": "internal"}))

    assert isinstance(updated, ModelUpdated)
    assert (updated.after.keys(), updated.deletion) == ({"void"}, UNSET)


def test_row_that_came_void_says_so() -> None:
    """Rows loaded from a dump are as they were."""
    assert changed(new=VOID).deletion == DELETION


def test_removal_has_its_deletion_from_the_comment() -> None:
    """The row is void by another, and told what it was."""
    deleted = changed(old=VOID, mark=DeletionMark(OTHER, hard=True))

    assert (type(deleted), deleted.deletion) == (ModelDeleted, OTHER)


def test_row_that_took_this_one_is_named() -> None:
    """From the row's own column: no query, however many rows."""
    mark = DeletionMark(DELETION, through=THROUGH)
    changes = [changed(old=LIVE, new=VOID, mark=mark), changed(old=LIVE, mark=mark)]
    changes.append(changed(old=LIVE, new=LIVE | {"company_id": None}, mark=mark))

    assert [each.because_of for each in changes] == ["cap.Company/3"] * 3
    assert [each.deletion for each in changes] == [DELETION] * 3


@pytest.mark.parametrize("classified", ["personal", "secret"])
def test_column_that_is_held_back_names_its_row_by_hash(classified: str) -> None:
    """As entities do: the value leaves in no other way either."""
    model = a_model(CLASSES | {"company_id": classified}, void_column="void_id")
    voided = changed(old=LIVE, new=VOID, model=model, mark=DeletionMark(DELETION, through=THROUGH))

    assert voided.because_of == f"cap.Company/{hashed('cap', '3')}"


@pytest.mark.parametrize("through", [(), (("other", "a.B"),), (("pin", "a.B"),)])
def test_root_of_a_deletion_names_no_other(through: tuple[tuple[str, str], ...]) -> None:
    """No column, one that is not there, or one that is NULL: nothing is made up."""
    mark = DeletionMark(DELETION, through=through)

    assert changed(old=LIVE, new=VOID, mark=mark).because_of is UNSET


def test_unknown_column_names_nothing() -> None:
    """Nobody has classified it yet."""
    columns = {"id": Column("id", "public")}
    model = a_model(columns=columns, entity_column=None, void_column="void_id")
    mark = DeletionMark(DELETION, through=THROUGH)

    assert changed(old=LIVE, new=VOID, model=model, mark=mark).because_of is UNSET


def test_context_beside_a_mark_is_read_and_repeats() -> None:
    """A thousand deletions of one visitor are one context to encode."""
    comment = context_to_comment(Context(action="a", reason="why"))
    for mark in (DeletionMark(DELETION), DeletionMark(OTHER, True, THROUGH)):
        text = mark_comment(comment, mark)[2:-2]
        [event] = events_of(a_row(old=[LIVE], new=[VOID], context=text), model=MODEL)
        assert (event.context.action, event.context.reason) == ("a", "why")
        assert without_mark(text) == comment[2:-2]
