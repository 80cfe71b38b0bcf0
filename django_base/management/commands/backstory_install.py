"""``manage.py backstory_install``: put capture on, or mend it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from schemas import EventError

from ...capture.install import install
from ...databases import captured_aliases, is_captured


class Command(BaseCommand):
    """Create the outbox, the functions and the triggers; run after every ``migrate`` by itself."""

    help = "Put capture on the PostgreSQL databases, or mend it; safe to run at any time."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--database``."""
        parser.add_argument("--database", help="the one alias to install on (default: all)")

    def handle(self, *args: Any, database: str | None = None, **options: Any) -> None:
        """Install, and say what was done."""
        if database and not is_captured(database):
            raise CommandError(f"database {database!r} is not PostgreSQL: capture is off there")
        for alias in [database] if database else captured_aliases():
            try:
                done = install(alias)
            except EventError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(
                f"{alias}: {done.tables} tables captured, {len(done.changed)} changed"
            )
            for path in done.changed:
                self.stdout.write(f"  {path}")
            for label in done.missing:
                self.stdout.write(f"  {label}: no table yet, run manage.py migrate")
