"""The generated files are those that the code would write, and events keep to them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import schemas
from schemas import (
    ActionPerformed,
    Context,
    Database,
    PageViewed,
    Payload,
    encode,
)
from tests.factories import a_context, a_payload, an_event

GENERATED = Path(schemas.__file__).parent / "generated"


def test_generated_files_are_up_to_date(tmp_path: Path):
    """Whoever changes a type sees the change of its schema in the same commit."""
    subprocess.run([sys.executable, "-m", "schemas", str(tmp_path)], check=True)

    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in GENERATED.glob("*.json")}
    assert committed == written, "run `python -m schemas`"


def test_stale_files_are_removed(tmp_path: Path):
    """A schema without a type would be a promise nobody keeps."""
    (tmp_path / "gone.happened-1.json").write_text("{}")

    subprocess.run([sys.executable, "-m", "schemas", str(tmp_path)], check=True)

    assert not (tmp_path / "gone.happened-1.json").exists()


@pytest.mark.parametrize("path", sorted(GENERATED.glob("*.json")), ids=lambda path: path.name)
def test_every_schema_is_valid_and_every_field_described(path: Path):
    """The catalogue is the documentation."""
    document = json.loads(path.read_bytes())
    parts = [document, *document.get("$defs", {}).values()]
    if path.name == "asyncapi.json":
        parts = list(document["components"]["schemas"].values())

    for part in parts:
        Draft202012Validator.check_schema(part)
        assert part["description"]
        undescribed = [n for n, field in part["properties"].items() if not field.get("description")]
        assert undescribed in ([], ["specversion"])


@pytest.mark.parametrize(
    "payload",
    [
        a_payload(),
        a_payload(masked=("notes",), unknown=("new",), previous_subject="captable.Certificate/6"),
        PageViewed(path="/", duration_ms=1.5, status=200),
        ActionPerformed(action="certificate.transfer"),
    ],
)
@pytest.mark.parametrize(
    "context",
    [Context(), a_context(), a_context(claimed=True, database=Database(role="ops"))],
)
def test_encoded_events_keep_to_the_published_schemas(payload: Payload, context: Context):
    """Readers in other languages generate their types from these files."""
    value = json.loads(encode(an_event(payload, context=context)))

    _validate("event.json", value)
    _validate(f"{payload.__event_type__}-{payload.__event_version__}.json", value["data"])


def test_asyncapi_describes_every_message_of_the_topic():
    """An event is valid as the message of its type, and of no other."""
    document = json.loads((GENERATED / "asyncapi.json").read_bytes())
    registry = Registry().with_resource("urn:all", DRAFT202012.create_resource(document))
    value = json.loads(encode(an_event()))

    fitting = [
        name
        for name in document["components"]["messages"]
        if Draft202012Validator(
            {"$ref": f"urn:all#/components/messages/{name}/payload"}, registry=registry
        ).is_valid(value)
    ]

    assert fitting == ["model.updated-1"]
    assert set(document["channels"]["events"]["messages"]) == set(
        document["components"]["messages"]
    )


def test_schema_of_an_applications_type_holds_its_parts():
    """A declared type documents itself."""

    class Item(msgspec.Struct):
        """One of them."""

        price: float

    class BasketFilled(Payload, name="test.basket.filled", version=1):
        """A basket was filled.

        Attributes:
            items: what is in it,
                one by one.
        """

        items: tuple[Item, ...]

    from schemas.documents import asyncapi, payload_schema

    schema = payload_schema(BasketFilled)
    assert schema["$id"] == "backstory:test.basket.filled/1"
    assert schema["properties"]["items"]["description"] == "what is in it, one by one."
    assert schema["$defs"]["Item"]["description"] == "One of them."
    Draft202012Validator(schema).validate({"items": [{"price": 1.0}]})
    assert "test.basket.filled-1.Item" in asyncapi([BasketFilled])["components"]["schemas"]


def _validate(name: str, value: Any) -> None:
    schema = json.loads((GENERATED / name).read_bytes())
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)
