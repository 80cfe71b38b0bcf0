"""From row images to events: what is told, of what, and what is held back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import reduce
from hashlib import sha256
from operator import xor
from typing import Any
from uuid import RFC_4122

from msgspec import UNSET

from producer import Column
from producer.registry import Registry
from producer.rows import Source, TrackedModel
from producer.transform import Transformer
from schemas import (
    Change,
    ModelCreated,
    ModelDeleted,
    ModelUpdated,
    TableTruncated,
    decode,
    encode,
)
from tests.producer.rows_making import AT, a_model, a_row, events_of, transformed


def told(side: dict[str, Any]) -> dict[str, Any]:
    """Return raw fields as plain values."""
    return {name: json.loads(bytes(value)) for name, value in side.items()}


def test_update_tells_changed_fields_only_with_their_digits() -> None:
    """Numbers are compared and told as they are written."""
    old = b'[{"id":1,"company_id":3,"shares":1.50,"pin":"a"}]'
    new = b'[{"id":1,"company_id":3,"shares":12345678901234567890.1000,"pin":"a"}]'
    [event] = events_of(a_row(old=old, new=new))
    payload = event.payload()

    assert isinstance(payload, ModelUpdated)
    assert bytes(payload.before["shares"]) == b"1.50"
    assert bytes(payload.after["shares"]) == b"12345678901234567890.1000"
    assert (len(payload.before), len(payload.after), payload.masked) == (1, 1, ())
    assert (event.subject, event.time, event.context.entity) == (
        "cap.Certificate/1",
        AT,
        "cap.Company/3",
    )


def test_unchanged_rows_are_dropped_and_positions_kept() -> None:
    """An UPDATE that sets what was there is no event."""
    images = [{"id": n, "company_id": None, "shares": 1, "pin": None} for n in range(3)]
    row = a_row(old=images, new=[*images[:2], images[2] | {"shares": 2}], seq=7)
    [event] = events_of(row)
    assert event.sequence == "0000000000000000007.000002"
    assert event.context.entity == ""


def test_created_and_deleted_tell_the_whole_row() -> None:
    """By field names, foreign keys too."""
    image = {"id": 1, "company_id": 3, "shares": 2, "pin": None}
    created, deleted = events_of(a_row("insert", new=[image]), a_row("delete", old=[image]))
    made, gone = created.payload(), deleted.payload()

    assert isinstance(made, ModelCreated)
    assert isinstance(gone, ModelDeleted)
    assert told(made.after) == told(gone.before) == {"id": 1, "company": 3, "shares": 2}
    assert made.masked == ()


def test_secret_and_unknown_columns_are_held_back() -> None:
    """Their names are told, their values never."""
    old = {"id": 1, "company_id": 3, "shares": 2, "pin": "1234", "added": "x-secret"}
    new = old | {"pin": "9876", "added": "y-secret"}
    rows = [a_row(old=[old], new=[new]), a_row("insert", new=[new]), a_row("delete", old=[old])]
    for event in events_of(*rows):
        payload = event.payload()
        assert isinstance(payload, Change)
        assert (payload.masked, payload.unknown) == (("pin",), ("added",))
        for value in (b"1234", b"9876", b"x-secret", b"y-secret"):
            assert value not in bytes(event.data)


def test_column_that_became_known_is_told() -> None:
    """The models are asked for again when something unknown turns up."""
    known: dict[str, TrackedModel] = {"cap.Certificate": a_model({"id": "public"})}
    source = Source(name="cap")
    transformer = Transformer(source, Registry("cap", lambda: known), 1_000_000)
    row = a_row("insert", new=[{"id": 1, "color": "red"}])
    held = decode(transformer.batch([row]).records[0].value).payload()
    known["cap.Certificate"] = a_model({"id": "public", "color": "public"})
    now_told = decode(transformer.batch([row]).records[0].value).payload()

    assert isinstance(held, ModelCreated)
    assert isinstance(now_told, ModelCreated)
    assert (told(held.after), held.unknown) == ({"id": 1}, ("color",))
    assert (told(now_told.after), now_told.unknown) == ({"id": 1, "color": "red"}, ())


def test_changed_key_tells_the_previous_subject() -> None:
    """The event is of the new row."""
    old = {"id": 1, "company_id": 3, "shares": 2, "pin": None}
    [event] = events_of(a_row(old=[old], new=[old | {"id": 9}]))
    payload = event.payload()
    assert isinstance(payload, ModelUpdated)
    assert (event.subject, payload.previous_subject) == ("cap.Certificate/9", "cap.Certificate/1")


def test_unequal_counts_are_paired_by_key() -> None:
    """Also by a composite one; what has no partner is created or deleted."""
    model = a_model({"a": "public", "b": "public", "v": "public"}, key=("a", "b"))
    old = [{"a": 1, "b": n, "v": 0} for n in (1, 2, 3)]
    new = [{"a": 1, "b": 3, "v": 1}, {"a": 1, "b": 1, "v": 1}]
    events = events_of(a_row(old=old, new=new), model=model)
    assert [(event.type, event.subject) for event in events] == [
        ("model.updated", "cap.Certificate/1,3"),
        ("model.updated", "cap.Certificate/1,1"),
        ("model.deleted", "cap.Certificate/1,2"),
    ]


def test_recorded_event_goes_out_as_it_is() -> None:
    """Byte for byte, of any type; it is never from outside."""
    row = a_row(
        "event",
        name="invoice.sent",
        version=3,
        subject="shop.Invoice/7",
        new=b'{"b": 1.10,"a":[ ]}',
        context="request='r1'",
    )
    [event] = events_of(row)
    assert bytes(event.data) == b'{"b": 1.10,"a":[ ]}'
    assert (event.type, event.dataschema) == ("invoice.sent", "backstory:invoice.sent/3")
    assert (event.subject, event.context.origin) == ("shop.Invoice/7", "")


def test_partition_key_is_subject_else_request_else_id() -> None:
    """All events of one object stay in order, and so do those of a request."""
    shared = {"name": "page.viewed", "new": b"{}"}
    rows = [
        a_row("event", subject="a.B/1", context="request='r1'", **shared),
        a_row("event", context="request='r1'", **shared),
        a_row("event", **shared),
    ]
    first, second, third = transformed(*rows).records
    assert (first.key, second.key) == ("a.B/1", "r1")
    assert third.key == str(decode(third.value).id)
    assert decode(third.value).subject is UNSET


def test_truncate_names_the_table() -> None:
    """There is no row to name."""
    [event] = events_of(a_row("truncate"))
    assert event.payload() == TableTruncated(table="certificate")
    assert event.subject == "cap.Certificate"


def test_ids_are_uuid7_and_the_same_every_time() -> None:
    """The time bits are the row's; anything else that differs makes another id."""
    image = {"id": 1, "company_id": 3, "shares": 2, "pin": None}
    row = a_row("insert", new=[image, image | {"id": 2}])
    first, again = events_of(row), events_of(row)
    assert [event.id for event in first] == [event.id for event in again]
    assert len({event.id for event in first}) == 2
    for event in first:
        assert event.id.version == 7
        assert event.id.variant == RFC_4122
        assert event.id.int >> 80 == int(AT.timestamp() * 1000)


def test_digest_joins_values_and_ids() -> None:
    """Anyone who has the records can compute it."""
    image = {"id": 1, "company_id": 3, "shares": 2, "pin": None}
    batch = transformed(a_row("insert", new=[image]), a_row("delete", old=[image]))
    each = [sha256(r.value).hexdigest() + decode(r.value).id.hex for r in batch.records]
    assert batch.digest == reduce(xor, (int(digits, 16) for digits in each))


def test_envelope_is_that_of_the_vocabulary() -> None:
    """Written faster here, it says the same and no more."""
    image = {"id": 1, "company_id": 3, "shares": 2, "pin": "x"}
    [record] = transformed(a_row("insert", new=[image], context="actor='1'")).records
    event = decode(record.value)
    assert json.loads(record.value) == json.loads(encode(event))
    assert dict(record.headers) == {"content-type": b"application/cloudevents+json"}


def test_column_of_an_unknown_class_is_no_reason_to_fail() -> None:
    """A newer install may know more classes."""
    model = a_model(columns={"id": Column("id", "internal")})
    [event] = events_of(a_row("insert", new=[{"id": 1}]), model=model)
    assert event.time == datetime(2026, 11, 22, 18, 12, 11, 123456, tzinfo=UTC)
