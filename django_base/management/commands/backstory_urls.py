"""``manage.py backstory_urls``: each URL with whose data it shows and whom it lets in."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...gate.listing import Listed, listed
from ...gate.routes import walk


class Command(BaseCommand):
    """List every URL; ``--check`` fails when no declaration covers one."""

    help = "Say of each URL whose data it shows, whom it lets in, and where its view is written."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--urlconf``, ``--json`` and ``--check``."""
        parser.add_argument("--urlconf", help="dotted name of a URLconf (default: ROOT_URLCONF)")
        parser.add_argument("--json", action="store_true", help="print a JSON array")
        parser.add_argument("--check", action="store_true", help="fail when a URL is refused")

    def handle(
        self,
        *args: Any,
        urlconf: str | None = None,
        json: bool = False,
        check: bool = False,
        **options: Any,
    ) -> None:
        """Print the URLs in the order in which they are tried."""
        urls = listed(urlconf)
        if json:
            self.stdout.write(_json(urls))
        else:
            for each in urls:
                self._print(each)
            for name, view in walk(urlconf).handlers.items():
                self.stdout.write(f"{name}\n    answers errors, without a gate\n    {view}")
        refused = [f"{each.url} ({each.view}, {each.source})" for each in urls if each.is_refused]
        if check and refused:
            raise CommandError("No declaration covers\n" + "\n".join(refused))

    def _print(self, url: Listed) -> None:
        said = " · ".join(_facts(url))
        self.stdout.write(self.style.WARNING(url.url) if url.is_refused else url.url)
        self.stdout.write(f"    {said}\n    {url.view}  {url.source}")


def _facts(url: Listed) -> Iterator[str]:
    """Yield what is to be said of a URL."""
    if url.is_refused:
        yield "REFUSED: no declaration covers it"
    if url.entity:
        yield f"entity {url.entity}"
    if url.permission:
        yield f"takes {url.permission}"
    for kind, reason in url.relaxed.items():
        yield f"{kind} ({reason})"
    if url.declared_in:
        yield f"declared in {url.declared_in}"
    for method, action in url.actions.items():
        yield f"{method.upper()} {action}"


def _json(urls: list[Listed]) -> str:
    return json.dumps([asdict(each) for each in urls], indent=2)
