"""JSON Schema (2020-12) of each payload and of the envelope, and one AsyncAPI 3 document of all.

Descriptions are the classes' docstrings: a field's line under ``Attributes:`` describes the field.
Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import json
import re
from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, Final

from msgspec.json import schema_components

from .event import CONTENT_TYPE, Event, dataschema_of
from .payload import Payload

TOPIC: Final = "backstory.events"

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_FIELD: Final = re.compile(r"^ {4}(\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)

Document = dict[str, Any]


def documents(types: Iterable[type[Payload]]) -> dict[str, bytes]:
    """Return the generated files, by name, for the envelope and the given payload classes."""
    types = list(types)
    files = {"asyncapi.json": asyncapi(types), "event.json": event_schema()}
    for cls in types:
        files[f"{_name(cls)}.json"] = payload_schema(cls)
    return {name: _bytes(document) for name, document in files.items()}


def payload_schema(cls: type[Payload]) -> Document:
    """Return the JSON Schema of a payload; its ``$id`` is what events say as ``dataschema``."""
    components = _components(cls, "#/$defs/{name}")
    return _standalone(dataschema_of(cls), components.pop(cls.__name__), components)


def event_schema() -> Document:
    """Return the JSON Schema of the envelope, its ``data`` left open."""
    components = _components(Event, "#/$defs/{name}")
    return _standalone("backstory:event", components.pop("Event"), components)


def asyncapi(types: Iterable[type[Payload]]) -> Document:
    """Return the AsyncAPI 3 document of the topic, a message for each type and version."""
    schemas = _components(Event, "#/components/schemas/{name}")
    messages = {}
    for cls in types:
        components = _components(cls, f"#/components/schemas/{_name(cls)}.{{name}}")
        schemas[_name(cls)] = components.pop(cls.__name__)
        schemas |= {f"{_name(cls)}.{name}": each for name, each in components.items()}
        messages[_name(cls)] = _message(cls, schemas[_name(cls)]["description"])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "backstory",
            "version": "1",
            "description": "What happened in an application, as CloudEvents in structured mode.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {"events": _channel(messages)},
        "operations": {
            "publish": _operation("send", "The relay publishes what was committed."),
            "read": _operation("receive", "A consumer reads it in its own group."),
        },
        "components": {"messages": messages, "schemas": schemas},
    }


def _channel(messages: Document) -> Document:
    return {
        "address": TOPIC,
        "description": "All events of one subject are in one partition, in order of writing.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _operation(action: str, summary: str) -> Document:
    return {"action": action, "channel": {"$ref": "#/channels/events"}, "summary": summary}


def _message(cls: type[Payload], description: str) -> Document:
    only = {
        "type": {"const": cls.__event_type__},
        "dataschema": {"const": dataschema_of(cls)},
        "data": {"$ref": f"#/components/schemas/{_name(cls)}"},
    }
    return {
        "name": cls.__event_type__,
        "title": cls.__name__,
        "summary": description,
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Event"},
                {"type": "object", "properties": only},
            ]
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "subject, else request id, else event id"},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _components(cls: type, ref_template: str) -> dict[str, Document]:
    """Return the schema of a class and of all it is made of, by class name."""
    _, components = schema_components([cls], ref_template=ref_template)
    described = {name: _described(schema) for name, schema in components.items()}
    for base in cls.__mro__[1:]:
        _describe_fields(described[cls.__name__]["properties"], _split(base.__doc__)[1])
    return described


def _described(schema: Document) -> Document:
    """Return the schema with the docstring's field lines moved to the fields they describe."""
    prose, attributes = _split(schema.get("description"))
    properties = {name: dict(field) for name, field in schema.get("properties", {}).items()}
    _describe_fields(properties, attributes)
    if "specversion" in properties:
        schema = schema | {"required": ["specversion", *schema["required"]]}
    return schema | {"description": " ".join(prose.split()), "properties": properties}


def _split(docstring: str | None) -> tuple[str, str]:
    """Return a docstring's prose and the lines under its ``Attributes:``."""
    prose, _, attributes = cleandoc(docstring or "").partition("\n\nAttributes:\n")
    return prose, attributes


def _describe_fields(properties: dict[str, Document], attributes: str) -> None:
    """Give each property the line that describes it, unless it has one already."""
    for name, text in _FIELD.findall(attributes):
        if name in properties:
            properties[name].setdefault("description", " ".join(text.split()))


def _standalone(identifier: str, schema: Document, parts: dict[str, Document]) -> Document:
    document = {"$schema": _DIALECT, "$id": identifier} | schema
    return document | {"$defs": parts} if parts else document


def _name(cls: type[Payload]) -> str:
    return f"{cls.__event_type__}-{cls.__event_version__}"


def _bytes(document: Document) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
