"""Subjects that hide personal keys, contexts that are believed or not, rows that are set aside."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from producer import Column, subject_of
from schemas import Actor, Context, Database, EventSetAside, context_to_comment, decode
from tests.producer.rows_making import AT, a_model, a_row, events_of, transformed


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        (["7"], "a.B/7"),
        (["a/b,c"], "a.B/a/b,c"),
        (["a,b", "ü/"], "a.B/a%2Cb,%C3%BC%2F"),
    ],
)
def test_subjects(key: list[str], subject: str) -> None:
    """Parts of a composite key can be told apart again."""
    assert subject_of("a.B", key) == subject


def test_long_key_is_hashed_to_fit_an_index() -> None:
    """And stays the key's own."""
    assert len(subject_of("a.B", ["x" * 501])) < 100
    assert subject_of("a.B", ["x" * 501]) != subject_of("a.B", ["x" * 502])


def test_personal_key_is_hashed() -> None:
    """In the subject, in the partition key, and in the subjects of what belongs to it."""
    model = a_model({"id": "personal", "company_id": "personal", "shares": "public"})
    row = a_row("insert", new=[{"id": "ann@example.org", "company_id": "bob", "shares": 1}])
    [record] = transformed(row, model=model).records
    event = decode(record.value)
    assert "ann" not in record.key + str(event.subject)
    assert "bob" not in event.context.entity
    assert record.key == event.subject


def test_personal_values_are_marked_where_they_are_told() -> None:
    """So that erasure finds them in the history; an event without any says nothing of it."""
    model = a_model({"id": "public", "name": "personal", "email": "personal", "shares": "public"})
    whole = {"id": 1, "name": "Ann", "email": None, "shares": 1}
    created, renamed, sold, deleted = events_of(
        a_row("insert", new=[whole]),
        a_row(old=[whole], new=[whole | {"name": "Bo", "shares": 2}]),
        a_row(old=[whole], new=[whole | {"shares": 2}]),
        a_row("delete", old=[whole]),
        model=model,
    )
    for event in (created, renamed, deleted):
        assert event.payload().personal == ("name",)
    assert b"personal" not in bytes(sold.data)


def test_a_name_means_a_removed_column_in_earlier_rows_only() -> None:
    """A later column of that name is another one, which nobody has classified."""
    columns = {**a_model().columns, "note": Column("note", "public", until=AT)}
    image = {"id": 1, "company_id": 2, "shares": 3, "pin": None, "note": "x"}
    before, after = events_of(
        a_row("insert", new=[image]),
        a_row("insert", new=[image], at=AT + timedelta(microseconds=1)),
        model=a_model(columns=columns),
    )

    assert bytes(before.payload().after["note"]) == b'"x"'
    assert "note" not in after.payload().after
    assert (before.payload().unknown, after.payload().unknown) == ((), ("note",))


@pytest.mark.parametrize(
    ("key", "named"), [(("id",), "ann@example.org"), (("id", "shares"), "ann%40example.org,1")]
)
def test_hidden_key_is_hashed_where_the_application_names_the_object(
    key: tuple[str, ...], named: str
) -> None:
    """An action on the row, and a context whose entity it is, have the subject of its events."""
    model = a_model({"id": "secret", "company_id": "public", "shares": "public"}, key=key)
    image = {"id": "ann@example.org", "company_id": None, "shares": 1}
    context = context_to_comment(Context(entity=f"cap.Certificate/{named}"))[2:-2]
    rows = [
        a_row("insert", new=[image], context=context),
        a_row("event", name="a.b", subject=f"cap.Certificate/{named}", context=context, new=b"{}"),
    ]
    change, recorded = transformed(*rows, model=model).records

    assert change.key == recorded.key
    for record in (change, recorded):
        assert "ann" not in record.key
        assert b"ann" not in record.value
        assert decode(record.value).context.entity == change.key


def test_comment_of_a_believed_role_is_the_context() -> None:
    """Without the database session: the comment says more."""
    context = Context(actor=Actor(id="1", username='é"x'), reason="why", entity="cap.Company/8")
    comment = context_to_comment(context)[2:-2]
    image = {"id": 1, "company_id": None, "shares": 2, "pin": None}
    [event] = events_of(a_row("insert", new=[image], context=comment))
    assert event.context == context


def test_comment_of_another_role_is_claimed() -> None:
    """Anyone can write a comment."""
    image = {"id": 1, "company_id": None, "shares": 2, "pin": None}
    [event] = events_of(a_row("insert", new=[image], context="actor='1'", role="mallory"))
    assert event.context == Context(
        actor=Actor(id="1"),
        claimed=True,
        database=Database(role="mallory", application="web", address="10.0.0.1"),
    )


def test_change_without_a_comment_came_from_outside() -> None:
    """It says which session made it, as the alerts need it; so does one with a foreign comment."""
    image = {"id": 1, "company_id": 3, "shares": 2, "pin": None}
    rows = [a_row("insert", new=[image], context=text) for text in (None, "", "+ SeqScan(x) ")]
    for event in events_of(*rows):
        assert event.context == Context(
            origin="outside",
            entity="cap.Company/3",
            database=Database(role="app", application="web", address="10.0.0.1"),
        )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "cap.Gone"}, "cap.Gone.*backstory_install"),
        ({"new": b'[{"company_id":3}]'}, "no column 'id'"),
        ({"new": b"{}"}, "array"),
        ({"kind": "event", "new": None}, "no payload"),
    ],
)
def test_what_cannot_be_published_is_set_aside_and_told(
    changes: dict[str, Any], reason: str
) -> None:
    """And what follows goes on."""
    image = {"id": 1, "company_id": 3, "shares": 2, "pin": None}
    bad = a_row(**({"kind": "insert"} | changes))
    batch = transformed(bad, a_row("insert", new=[image]))
    events = [decode(record.value) for record in batch.records]

    assert [event.type for event in events] == ["event.set_aside", "model.created"]
    assert [row for row, _ in batch.set_aside] == [bad]
    payload = events[0].payload()
    assert isinstance(payload, EventSetAside)
    assert payload.reason == batch.set_aside[0][1]
    assert re.search(reason, payload.reason)


def test_event_that_is_too_large_is_set_aside_and_its_neighbours_are_not() -> None:
    """They came in one statement."""
    images = [{"id": n, "company_id": 3, "shares": "x" * size} for n, size in ((1, 9), (2, 9_000))]
    batch = transformed(a_row("insert", new=[*images, images[0] | {"id": 3}]), largest_bytes=5_000)
    events = [decode(record.value) for record in batch.records]
    assert [event.subject for event in events[:2]] == ["cap.Certificate/1", "cap.Certificate/3"]
    assert events[2].type == "event.set_aside"
    [(_, reason)] = batch.set_aside
    assert "bytes" in reason


def test_value_nested_too_deep_is_set_aside() -> None:
    """PostgreSQL takes such JSON from anybody; it must stop neither the relay nor other rows."""
    deep = b'[{"id": 1, "company_id": null, "pin": null, "shares": %b}]'
    deep %= b"[" * 20_000 + b"]" * 20_000
    image = {"id": 2, "company_id": None, "shares": 2, "pin": None}
    batch = transformed(
        a_row("insert", new=deep, new_count=1, xid=7), a_row("insert", new=[image], xid=7)
    )
    assert [decode(record.value).type for record in batch.records] == [
        "event.set_aside",
        "model.created",
    ]
    [(_, reason)] = batch.set_aside
    assert "nested too deep" in reason
