"""``manage.py backstory_models``: which models are recorded, how, and which are not."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...capture.coverage import Coverage, coverage
from ...databases import captured_aliases, is_captured

_HEADINGS: Final = {
    "base": "captured by inheritance",
    "through": "captured with the model whose many-to-many table it is",
    "tracked": "captured by track()",
    "left out": "left out, and why",
    "uncovered": 'not covered: track() it, or say why not with untracked="reason"',
}
_TOLD_CLASSES: Final = ("secret", "personal", "public")  # what is not named is internal


class Command(BaseCommand):
    """List every model of the PostgreSQL databases; ``--check`` fails when one is not covered."""

    help = "Say of each model whether its changes are recorded, by which triggers, or why not."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--database``, ``--json`` and ``--check``."""
        parser.add_argument("--database", help="the one alias to look at (default: all)")
        parser.add_argument("--json", action="store_true", help="print a JSON array")
        parser.add_argument(
            "--check",
            action="store_true",
            help="fail when a model is not covered, or its triggers are not in order",
        )

    def handle(
        self,
        *args: Any,
        database: str | None = None,
        json: bool = False,
        check: bool = False,
        **options: Any,
    ) -> None:
        """Print the models of each database."""
        if database and not is_captured(database):
            raise CommandError(f"database {database!r} is not PostgreSQL: capture is off there")
        aliases = [database] if database else captured_aliases()
        models = [each for alias in aliases for each in coverage(alias)]
        if json:
            self.stdout.write(_json(models))
        else:
            for alias in aliases:
                self._print(alias, [each for each in models if each.database == alias])
        if check:
            _refuse(each for each in models if not each.is_in_order)

    def _print(self, alias: str, models: list[Coverage]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(alias))
        width = max((len(each.label) for each in models), default=0)
        for kind, heading in _HEADINGS.items():
            of_kind = [each for each in models if each.kind == kind]
            if of_kind:
                self.stdout.write(f"  {heading}")
            for each in of_kind:
                line = f"    {each.label:{width}}  {' · '.join(_facts(each))}"
                self.stdout.write(line if each.is_in_order else self.style.WARNING(line))


def _facts(model: Coverage) -> Iterator[str]:
    """Yield what is to be said of a model after its label."""
    yield f"table {model.table}"
    if model.kind == "left out":
        yield model.reason
    if model.triggers != "none":
        yield model.triggers if model.triggers.startswith("no ") else f"triggers {model.triggers}"
    if model.key:
        yield f"key {', '.join(model.key)}"
    if model.entity:
        yield f"entity {model.entity}"
    for wanted in _TOLD_CLASSES:
        names = [name for name, classified in model.fields.items() if classified == wanted]
        if names:
            yield f"{wanted} {', '.join(names)}"
    for name, reason in model.excluded.items():
        yield f"without {name} ({reason})"


def _json(models: Iterable[Coverage]) -> str:
    return json.dumps([asdict(each) for each in models], indent=2)


def _refuse(models: Iterable[Coverage]) -> None:
    """Raise CommandError naming the models, if there are any."""
    problems = [
        f"{each.label} on {each.database!r}: "
        + ("not covered" if each.kind == "uncovered" else f"triggers: {each.triggers}")
        for each in models
    ]
    if problems:
        raise CommandError(
            "\n".join(problems)
            + "\nTrack each model or say why not; mend triggers with manage.py backstory_install."
        )
