"""Reading what others wrote: newer producers, broken records, anything at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import InvalidEvent, decode, encode
from tests.factories import an_event


def test_unknown_fields_are_ignored():
    """Within a version fields are added; an older reader goes on."""
    value = encode(an_event())
    newer = value.replace(b'"specversion"', b'"new":[1],"specversion"').replace(
        b'"actor":{', b'"actor":{"new":{},'
    )
    newer = newer.replace(b'"before"', b'"new":null,"before"')

    assert decode(newer).context == decode(value).context
    assert bytes(decode(newer).payload().after["shares"]) == b'"12.5000"'


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b'"ann"', b"3", "context.actor.username"),
        (b'"specversion":"1.0"', b'"specversion":"2.0"', "specversion"),
        (b'"id":"0', b'"id":"x', "id"),
        (b'"source":"captable",', b"", "source"),
        (b"Z", b"", "time"),
        (b'"context":{', b'"context":[],"x":{', "context"),
    ],
)
def test_event_that_cannot_be_read_names_the_field(old: bytes, new: bytes, field: str):
    """Whoever looks at a dead letter sees at once what was wrong."""
    value = encode(an_event()).replace(old, new, 1)

    with pytest.raises(InvalidEvent) as caught:
        decode(value)
    assert caught.value.field == field
    assert repr(field) in str(caught.value)


@pytest.mark.parametrize(
    "value", [b"", b"null", b"[]", b"{", b"\xff", b'{"id":"\xff"}', b'{"data":' + b"[" * 100_000]
)
def test_bytes_that_are_no_event_are_refused(value: bytes):
    """Anything may stand in a topic; reading it raises one kind of error."""
    with pytest.raises(InvalidEvent):
        decode(value)


@given(st.binary(max_size=200))
def test_reading_any_bytes_gives_an_event_or_the_one_error(value: bytes):
    """A consumer handles one error, and no input crashes it."""
    with pytest.raises(InvalidEvent):
        decode(value)
