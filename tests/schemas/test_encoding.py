"""What is encoded comes back the same, and what could not is refused where it is made."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import (
    Actor,
    Context,
    InvalidEvent,
    ModelUpdated,
    PageViewed,
    Payload,
    Request,
    decode,
    encode,
    encode_payload,
    raw,
)
from tests.factories import a_context, a_payload, an_event


class Line(msgspec.Struct, frozen=True):
    price: Decimal
    note: Any = None


@dataclass
class Point:
    x: float | None


class OrderPlaced(Payload, name="test.order.placed", version=1):
    """A payload with every kind of nesting."""

    lines: tuple[Line, ...] = ()
    number: int = 0
    weight: float | None = None
    label: str = ""
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    point: Point | None = None


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
orders = st.builds(
    OrderPlaced,
    lines=st.lists(
        st.builds(Line, price=st.decimals(allow_nan=False, allow_infinity=False), note=texts),
        max_size=3,
    ).map(tuple),
    number=st.integers(-(2**63), 2**63 - 1),
    weight=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    label=texts,
    extra=st.dictionaries(texts, json_values, max_size=3),
)
times = st.datetimes(timezones=st.just(UTC))
windows = st.just(msgspec.UNSET) | st.integers(1, 2**31 - 1)


@given(orders)
def test_payload_survives_the_round_trip(payload: OrderPlaced):
    """Whatever an application says, a reader hears the same, digit by digit."""
    read = an_event(payload).payload()

    assert read == payload
    assert [str(line.price) for line in read.lines] == [str(line.price) for line in payload.lines]


@given(orders, times, texts, texts, windows)
def test_event_survives_the_round_trip(
    payload: OrderPlaced, time: datetime, name: str, key: str, window: int | msgspec.UnsetType
):
    """The bytes are the event: decoding and encoding again gives the same bytes."""
    event = an_event(
        payload,
        time=time,
        subject=f"app.Order/{key}",
        window=window,
        context=Context(actor=Actor(username=name)),
    )

    value = encode(event)
    read = decode(value)

    assert encode(read) == value
    assert (read.id, read.time, read.subject, read.window, read.context) == (
        event.id,
        event.time,
        event.subject,
        event.window,
        event.context,
    )
    assert read.payload() == payload


@pytest.mark.parametrize(
    "digits", ["9223372036854775807", "0.10000000000000000000000001", "1E+400"]
)
def test_numbers_of_a_row_keep_their_digits(digits: str):
    """A reader in another language, or a decimal column, must not lose a share."""
    payload = ModelUpdated(before={"n": msgspec.Raw(digits)}, after={"n": msgspec.Raw(b"0")})

    read = decode(encode(an_event(payload))).payload()

    assert isinstance(read, ModelUpdated)
    assert bytes(read.before["n"]) == digits.encode()


def test_envelope_is_cloudevents_in_structured_mode():
    """Any CloudEvents library can read the value."""
    value = json.loads(encode(an_event()))

    assert list(value)[:2] == ["specversion", "id"]
    assert value["specversion"] == "1.0"
    assert value["time"].endswith("Z")
    assert value["dataschema"] == "backstory:model.updated/1"
    assert value["data"] == {"before": {"shares": "10.0000"}, "after": {"shares": "12.5000"}}


def test_what_is_not_known_is_left_out():
    """Millions of events are kept for ever; an empty field costs nothing."""
    event = an_event(subject=msgspec.UNSET, context=Context(request=Request(method="GET")))

    value = json.loads(encode(event))

    assert "subject" not in value
    assert value["context"] == {"request": {"method": "GET"}}
    assert decode(encode(event)).subject is msgspec.UNSET


def test_time_is_told_in_utc_whatever_zone_it_was_made_in():
    """The same instant gives the same bytes, so an event published again is identical."""
    noon = datetime(2026, 1, 1, 12, 0, 0, 5, tzinfo=UTC)
    event = an_event()
    in_tokyo = msgspec.structs.replace(event, time=noon.astimezone(timezone(timedelta(hours=9))))

    assert encode(in_tokyo) == encode(msgspec.structs.replace(event, time=noon))
    assert b'"2026-01-01T12:00:00.000005Z"' in encode(in_tokyo)


def test_time_without_a_zone_is_refused():
    """Nobody could tell when it was."""
    with pytest.raises(InvalidEvent, match="time zone") as caught:
        encode(an_event(time=datetime(2026, 1, 1)))  # noqa: DTZ001
    assert caught.value.field == "time"


NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (PageViewed(path="/", duration_ms=NAN), "duration_ms"),
        (OrderPlaced(weight=INFINITY), "weight"),
        (OrderPlaced(weight=-INFINITY), "weight"),
        (OrderPlaced(lines=(Line(Decimal(1)), Line(Decimal("NaN")))), "lines[1].price"),
        (OrderPlaced(lines=[Line(Decimal("-Infinity"))]), "lines[0].price"),
        (OrderPlaced(lines=[Line(Decimal("sNaN"))]), "lines[0].price"),
        (OrderPlaced(lines=[Line(Decimal(1), note={"a": [0, NAN]})]), "lines[0].note.a[1]"),
        (OrderPlaced(extra={"depth": {"x": NAN}}), "extra.depth.x"),
        (OrderPlaced(point=Point(x=NAN)), "point.x"),
        (OrderPlaced(label="a\x00b"), "label"),
        (OrderPlaced(label="\ud800"), "label"),
        (OrderPlaced(extra={"a": {"k\x00": 1}}), "extra.a"),
        (OrderPlaced(extra={"f": object()}), "extra.f"),
        (OrderPlaced(extra={"n": 10**5000}), "extra.n"),
        (a_payload(after={"note": msgspec.Raw(rb'{"x":["\u0000"]}')}), "after.note.x[0]"),
        (a_payload(after={"note": msgspec.Raw(rb'"\ud800"')}), "after.note"),
    ],
)
def test_value_no_reader_could_take_is_refused_with_its_field(payload: Payload, field: str):
    """JSON has no NaN, PostgreSQL no NUL: better an error where it is made than a dead letter."""
    with pytest.raises(InvalidEvent) as caught:
        encode_payload(payload)
    assert caught.value.field == field
    assert caught.value.event_type == payload.__event_type__


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (PageViewed(path=None, duration_ms=1), "path"),
        (PageViewed(path="/", duration_ms="1"), "duration_ms"),
        (OrderPlaced(lines=[Line(Decimal(1)), Line("many")]), "lines[1].price"),
        (OrderPlaced(lines=[3]), "lines[0]"),
    ],
)
def test_value_of_the_wrong_type_is_refused_with_its_field(payload: Payload, field: str):
    """Structs do not check what they are given; an event that cannot be read back is not made."""
    with pytest.raises(InvalidEvent) as caught:
        encode_payload(payload)
    assert caught.value.field == field


def test_decimal_beyond_every_float_is_kept():
    """Only a reader that asks for a float would lose it."""
    payload = OrderPlaced(lines=(Line(Decimal("1E+400")), Line(Decimal("1E-400"))), weight=None)

    assert an_event(payload).payload() == payload


def test_literal_backslash_u_is_only_text():
    r"""The six characters ``\u0000`` in a text are no NUL."""
    payload = OrderPlaced(label=r"\u0000 NaN null", extra={"a": None, "b": "\x1b"})

    assert an_event(payload).payload() == payload


def test_nul_in_the_envelope_is_refused_by_encode():
    """The subject becomes a text column of the history."""
    with pytest.raises(InvalidEvent) as caught:
        encode(an_event(subject="a.B/\x00"))
    assert caught.value.field == "subject"


def test_nul_in_raw_data_is_refused_by_encode():
    """The relay may build data itself; the view over the history could not show it."""
    with pytest.raises(InvalidEvent) as caught:
        encode(an_event(data=msgspec.Raw(rb'{"after":{"note":"\u0000"}}')))
    assert caught.value.field == "data.after.note"


def test_subclasses_of_plain_types_are_told_as_those():
    """Django's SafeString and its like are text to a reader."""

    class Safe(str):
        def __str__(self) -> str:
            return self

    class Cents(int):
        pass

    payload = OrderPlaced(label=Safe("<b>"), number=Cents(5), extra={"x": Safe("y")})

    assert json.loads(encode_payload(payload))["label"] == "<b>"
    assert an_event(payload).payload() == OrderPlaced(label="<b>", number=5, extra={"x": "y"})


def test_payload_class_without_a_name_is_refused():
    """An abstract base says nothing."""

    class Abstract(Payload):
        x: int = 1

    with pytest.raises(InvalidEvent, match="declares no event type"):
        encode_payload(Abstract())
    with pytest.raises(InvalidEvent, match="declares no event type"):
        encode_payload({"a": 1})  # type: ignore[arg-type]


def test_context_of_an_event_is_typed():
    """Consumers read fields, not dictionaries."""
    context = a_context()

    assert decode(encode(an_event(context=context))).context == context


def test_raw_is_the_json_of_a_value():
    """Tests and tools write row images in one word."""
    assert bytes(raw({"a": [1, None]})) == b'{"a":[1,null]}'
