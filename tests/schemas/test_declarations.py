"""An application declares its own types; old versions stay readable."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from schemas import (
    ConfigurationError,
    InvalidEvent,
    ModelCreated,
    Payload,
    UnknownEventType,
    dataschema_of,
    decode,
    encode,
    payload_type,
    registered_types,
)
from tests.factories import an_event


def test_subclassing_registers_the_type():
    """Declaring is all there is to do."""

    class InvoiceSent(Payload, name="test.invoice.sent", version=1):
        amount: Decimal

    assert payload_type("test.invoice.sent") is InvoiceSent
    assert payload_type("test.invoice.sent", 1) is InvoiceSent
    assert InvoiceSent in registered_types()
    assert dataschema_of(InvoiceSent) == "backstory:test.invoice.sent/1"
    payload = InvoiceSent(amount=Decimal("1.10"))
    assert decode(encode(an_event(payload))).payload() == payload


def test_payload_is_frozen_and_keyword_only():
    """A value that was said does not change."""

    class NoteTaken(Payload, name="test.note.taken", version=1):
        text: str

    with pytest.raises(TypeError):
        NoteTaken("x")
    with pytest.raises(AttributeError):
        NoteTaken(text="x").text = "y"  # type: ignore[misc]


def test_second_class_under_a_name_and_version_is_an_error_naming_both():
    """Two meanings of one name would read each other's events wrongly."""

    class FirstSent(Payload, name="test.mail.sent", version=1):
        pass

    with pytest.raises(ConfigurationError) as caught:

        class SecondSent(Payload, name="test.mail.sent", version=1):
            pass

    assert "FirstSent" in str(caught.value)
    assert "SecondSent" in str(caught.value)
    assert payload_type("test.mail.sent") is FirstSent


def test_class_loaded_again_takes_its_own_place():
    """Reloading a module, as a notebook or an autoreloader does, is no conflict."""

    def load() -> type[Payload]:
        class PageTurned(Payload, name="test.page.turned", version=1):
            number: int = 1

        return PageTurned

    load()
    again = load()

    assert payload_type("test.page.turned") is again


def test_base_without_a_name_is_not_registered():
    """Common fields may be shared."""
    before = registered_types()

    class Common(Payload):
        tenant: str

    assert registered_types() == before

    class DoorOpened(Common, name="test.door.opened", version=1):
        door: int

    assert DoorOpened(tenant="a", door=1).__event_type__ == "test.door.opened"


@pytest.mark.parametrize(
    ("name", "version", "problem"),
    [
        ("", 1, "has the name ''"),
        ("sent", 1, "has the name 'sent'"),
        ("Invoice.Sent", 1, "has the name 'Invoice.Sent'"),
        ("a/b.sent", 1, "has the name 'a/b.sent'"),
        ("a." + "b" * 100, 1, "at most 100"),
        ("test.malformed", 0, "has the version 0"),
        ("test.malformed", "1", "has the version '1'"),
        ("test.malformed", True, "has the version True"),
        ("test.malformed", 40_000, "has the version 40000"),
        ("test.malformed", 3, "cannot read its versions [1, 2]"),
    ],
)
def test_malformed_declaration_is_an_error_with_the_way_out(name: str, version: Any, problem: str):
    """Told when the module is imported, not when the first event is lost."""
    with pytest.raises(ConfigurationError) as caught:

        class Malformed(Payload, name=name, version=version):
            pass

    assert problem in str(caught.value)
    with pytest.raises(UnknownEventType):
        payload_type("test.malformed")


def test_surplus_upcast_is_an_error():
    """An upcast to a version that does not exist is a forgotten version number."""
    with pytest.raises(ConfigurationError, match=r"has upcasts from \[1\]"):

        class Forgotten(Payload, name="test.forgotten.it", version=1, upcasts={1: dict}):
            pass


def _cents_to_amount(fields: dict[str, Any]) -> dict[str, Any]:
    return {"amount": str(Decimal(fields["cents"]) / 100), "ratio": fields.get("ratio", 0)}


def _add_currency(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"currency": "EUR"}


class Paid(
    Payload, name="test.bill.paid", version=3, upcasts={1: _cents_to_amount, 2: _add_currency}
):
    """A payload that changed its shape twice."""

    amount: Decimal
    currency: str
    ratio: Decimal = Decimal(0)


def a_stored_event(version: int, data: bytes) -> Any:
    """An event as an older release has written it."""
    event = an_event(
        type="test.bill.paid",
        dataschema=f"backstory:test.bill.paid/{version}",
        data=msgspec.Raw(data),
    )
    return decode(encode(event))


def test_older_versions_are_upcast_step_by_step_on_reading():
    """Stored bytes never change; what is read is always the newest version."""
    assert a_stored_event(1, b'{"cents":1234}').payload() == Paid(
        amount=Decimal("12.34"), currency="EUR"
    )
    assert a_stored_event(2, b'{"amount":"12.34"}').payload() == Paid(
        amount=Decimal("12.34"), currency="EUR"
    )


def test_upcast_keeps_the_digits_of_what_it_does_not_touch():
    """A float on the way would round what was stored exactly."""
    digits = "0.1000000000000000000000001"

    read = a_stored_event(2, f'{{"amount":"1","ratio":{digits}}}'.encode()).payload()

    assert str(read.ratio) == digits


def test_failing_upcast_names_the_step():
    """The one who wrote it finds it."""
    with pytest.raises(InvalidEvent, match=r"from version 1 to 2 failed with KeyError\('cents'\)"):
        a_stored_event(1, b"{}").payload()


def test_data_that_does_not_fit_its_type_names_the_field():
    """The path starts at the envelope."""
    with pytest.raises(InvalidEvent) as caught:
        a_stored_event(3, b'{"amount":"1","currency":5}').payload()
    assert caught.value.field == "data.currency"
    assert caught.value.event_type == "test.bill.paid"


def test_newer_version_is_unknown_and_stays_raw():
    """After an upgrade the same bytes become typed."""
    event = a_stored_event(4, b'{"x":1}')

    with pytest.raises(UnknownEventType) as caught:
        event.payload()
    assert (caught.value.name, caught.value.version) == ("test.bill.paid", 4)
    assert caught.value.known == (1, 2, 3)
    assert bytes(event.data) == b'{"x":1}'


def test_unknown_type_stays_raw():
    """A history keeps events of applications it has never heard of."""
    event = an_event(type="test.never.heard", dataschema="backstory:test.never.heard/1")

    with pytest.raises(UnknownEventType, match=r"'test\.never\.heard' is unknown"):
        decode(encode(event)).payload()


@pytest.mark.parametrize("dataschema", ["", "backstory:x", "backstory:x/", "backstory:x/²"])
def test_schema_without_a_version_is_refused(dataschema: str):
    """Guessing a version would misread the data."""
    with pytest.raises(InvalidEvent) as caught:
        an_event(dataschema=dataschema).payload()
    assert caught.value.field == "dataschema"


def test_payload_type_asks_for_the_newest_unless_told():
    """Versions that are declared side by side are found by number."""
    assert payload_type("model.created") is ModelCreated
    with pytest.raises(UnknownEventType):
        payload_type("model.created", 2)
    with pytest.raises(UnknownEventType):
        payload_type("nobody.knows")
