"""backstory_events: the catalogue of what can happen."""

import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from schemas import Payload, registered_types


class InvoicePaid(Payload, name="invoice.paid", version=1):
    """An invoice was paid.

    Attributes:
        amount: how much.
        note: what the payer wrote.
    """

    amount: Decimal
    note: str | None = None


def printed(capsys, **options):
    call_command("backstory_events", **options)
    return capsys.readouterr().out


def test_every_declared_type_is_listed_with_its_fields(capsys):
    """Those of backstory, and the application's own with the class that declares them."""
    listing = printed(capsys)

    ours, theirs = listing.split("of this application")
    assert "page.viewed/1" in ours
    assert "duration_ms (number): from request start" in ours
    assert f"invoice.paid/1  ({__name__}.InvoicePaid)\n    An invoice was paid." in theirs
    assert "note (string or null, optional): what the payer wrote." in theirs


def test_the_catalogue_can_be_read_by_programs(capsys):
    """Each type and version with a valid schema."""
    listed = json.loads(printed(capsys, json=True))

    assert [(each["type"], each["version"]) for each in listed] == [
        (cls.__event_type__, cls.__event_version__) for cls in registered_types()
    ]
    for each in listed:
        Draft202012Validator.check_schema(each["schema"])
    assert not next(each for each in listed if each["type"] == "invoice.paid")["built_in"]


@pytest.mark.parametrize("name", ["invoice.paid", "invoice.paid/1"])
def test_one_schema_is_printed(capsys, name):
    """What a consumer in another language validates with."""
    schema = json.loads(printed(capsys, schema=name))

    assert schema["$id"] == "backstory:invoice.paid/1"
    assert schema["required"] == ["amount"]


@pytest.mark.parametrize("name", ["invoice.lost", "invoice.paid/2", "invoice.paid/x"])
def test_an_unknown_type_is_told_with_those_there_are(name):
    """A slip of the pen is seen at once."""
    with pytest.raises(CommandError, match=rf"'{name}' is declared; .*page\.viewed"):
        call_command("backstory_events", schema=name)
