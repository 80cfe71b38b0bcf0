"""The examples of docs/events.md are true."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import schemas
from schemas import decode, encode, payload_type
from tests.factories import an_event

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
GENERATED = Path(schemas.__file__).parent / "generated"


def blocks(language: str) -> list[str]:
    """The page's code blocks in that language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", blocks("json"))
def test_example_is_an_event_of_its_type(example: str):
    """Who copies it gets no surprise."""
    value = re.sub(r"\s+//.*", "", example).encode()

    event = decode(value)

    assert type(event.payload()) is payload_type(event.type)
    assert decode(encode(event)).context == event.context
    for name, part in (("event", value), (f"{event.type}-{event.version}", bytes(event.data))):
        schema = json.loads((GENERATED / f"{name}.json").read_bytes())
        assert set(json.loads(part)) <= set(schema["properties"])
        Draft202012Validator(schema).validate(json.loads(part))


def test_declared_type_reads_its_first_version():
    """Both classes of the page are one type; the second takes the first one's place."""
    namespace: dict[str, Any] = {"__name__": "docs_events"}
    first, second = blocks("python")

    exec(first, namespace)  # noqa: S102
    said = an_event(namespace["InvoiceSent"](cents=1234, lines=2))
    exec(second, namespace)  # noqa: S102

    assert bytes(said.data) == b'{"cents":1234,"lines":2}'
    assert decode(encode(said)).payload() == namespace["InvoiceSent"](
        amount=Decimal("12.34"), lines=2
    )
