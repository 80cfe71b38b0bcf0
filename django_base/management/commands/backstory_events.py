"""``manage.py backstory_events``: the types of events there can be, with their schemas."""

import json
from collections.abc import Iterator
from textwrap import fill
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from schemas import Payload, UnknownEventType, payload_schema, payload_type, registered_types

_WIDTH: Final = 100


class Command(BaseCommand):
    """List the declared types: those of backstory, then the application's own."""

    help = "List the types of events with their fields; --schema TYPE prints a JSON Schema."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--schema`` and ``--json``."""
        parser.add_argument(
            "--schema",
            metavar="TYPE",
            help="print the JSON Schema of a type, such as page.viewed or page.viewed/1",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON array of all types")

    def handle(
        self, *args: Any, schema: str | None = None, json: bool = False, **options: Any
    ) -> None:
        """Print the catalogue, or one schema."""
        if schema:
            self.stdout.write(_as_json(payload_schema(_declared(schema))))
        elif json:
            self.stdout.write(_as_json([_described(cls) for cls in registered_types()]))
        else:
            self._print("of backstory", built_in=True)
            self._print("of this application", built_in=False)

    def _print(self, heading: str, *, built_in: bool) -> None:
        types = [cls for cls in registered_types() if _is_built_in(cls) == built_in]
        if types:
            self.stdout.write(self.style.MIGRATE_HEADING(heading))
        for cls in types:
            self.stdout.write("\n".join(_lines(cls)))


def _declared(wanted: str) -> type[Payload]:
    """Return the class of ``type`` or ``type/version``; raise CommandError when there is none."""
    name, _, version = wanted.partition("/")
    try:
        return payload_type(name, int(version) if version else None)
    except (UnknownEventType, ValueError) as error:
        known = ", ".join(sorted({cls.__event_type__ for cls in registered_types()}))
        raise CommandError(f"no event type {wanted!r} is declared; there are: {known}") from error


def _is_built_in(cls: type[Payload]) -> bool:
    return cls.__module__.partition(".")[0] == Payload.__module__.partition(".")[0]


def _described(cls: type[Payload]) -> dict[str, Any]:
    schema = payload_schema(cls)
    return {
        "type": cls.__event_type__,
        "version": cls.__event_version__,
        "class": f"{cls.__module__}.{cls.__qualname__}",
        "built_in": _is_built_in(cls),
        "description": schema["description"],
        "schema": schema,
    }


def _lines(cls: type[Payload]) -> Iterator[str]:
    """Yield the type with its description, and each field with its own."""
    schema = payload_schema(cls)
    where = "" if _is_built_in(cls) else f"  ({cls.__module__}.{cls.__qualname__})"
    yield f"  {cls.__event_type__}/{cls.__event_version__}{where}"
    yield _indented(schema["description"], 4)
    for name, field in schema["properties"].items():
        optional = "" if name in schema.get("required", ()) else ", optional"
        described = f"{name} ({_kind(field)}{optional}): {field.get('description', '')}"
        yield _indented(described.removesuffix(": "), 6)


def _kind(field: dict[str, Any]) -> str:
    """Return the JSON types of a field in words."""
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    return str(field.get("type", "any value"))


def _indented(text: str, by: int) -> str:
    return fill(text, _WIDTH, initial_indent=" " * by, subsequent_indent=" " * (by + 2))


def _as_json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
