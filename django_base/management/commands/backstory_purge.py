"""``manage.py backstory_purge``: remove for good what was voided long ago."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from schemas import ConfigurationError

from ...context.scope import bind_context
from ...databases import is_captured
from ...deletion.fields import void_field_of
from ...deletion.purging import Purge
from ...deletion.retention import Retention


class Command(BaseCommand):
    """Purge in batches; stop it at any time, and run it again."""

    help = (
        "Remove void rows for good: those voided longer ago than --older-than and than their "
        "model's keep, on which nothing else depends and no hold is. Each leaves its event."
    )

    stealth_options = ("now",)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to purge, and how."""
        parser.add_argument(
            "--older-than", required=True, metavar="TIME", help="90d, 6 months, 7 years"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--model", action="append", default=[], help="this model (repeatable)")
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction")
        parser.add_argument("--reason", default="retention is over", help="why, for the events")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias")

    def handle(self, *args: Any, now: datetime | None = None, **options: Any) -> None:
        """Purge, and tell how it goes on."""
        if not is_captured(options["database"]):
            raise CommandError(f"database {options['database']!r} is not PostgreSQL")
        if options["batch"] < 1:
            raise CommandError("--batch is at least 1")
        for label in options["model"]:
            _check_model(label)
        try:
            purge = Purge(
                options["database"],
                Retention.of(options["older_than"]),
                now or timezone.now(),
                batch=options["batch"],
                dry_run=options["dry_run"],
                only=tuple(options["model"]),
            )
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        with bind_context(reason=options["reason"]):
            self._run(purge, "would be purged" if options["dry_run"] else "purged")

    def _run(self, purge: Purge, verb: str) -> None:
        purged = kept = 0
        try:
            for batch in purge.run():
                purged, kept = purged + batch.purged, kept + batch.kept
                self.stdout.write(f"{batch.model}: {batch.purged} {verb}, {batch.kept} kept")
        except KeyboardInterrupt:
            self.stdout.write("stopped between two batches: run it again to go on")
        self.stdout.write(f"{purged} rows {verb}; {kept} kept: held, or needed by what is kept")


def _check_model(label: str) -> None:
    """Refuse a name that would purge nothing, and say nothing of it."""
    found = next((each for each in apps.get_models() if each._meta.label == label), None)
    flag = None if found is None else void_field_of(found)
    if flag is None or flag.model is not found:
        raise CommandError(f"--model {label!r} is no model with a flag of its own: give app.Model")
