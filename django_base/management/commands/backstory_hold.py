"""``manage.py backstory_hold``: keep purges away from rows, and let them go again."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from schemas import EventError

from ...deletion.holds import KINDS, Hold, place_hold, release_hold


class Command(BaseCommand):
    """Place, release and list legal holds."""

    help = "Keep purges away from a row, an entity or a deletion, with who and why."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the three things to do."""
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias")
        steps = parser.add_subparsers(dest="step", required=True)
        place = steps.add_parser("place", help="place a hold")
        place.add_argument("kind", choices=KINDS)
        place.add_argument("target", help="app.Model/key, or the id of a deletion")
        release = steps.add_parser("release", help="end a hold")
        release.add_argument("hold", type=UUID, help="its id")
        for step in (place, release):
            step.add_argument("--by", required=True, help="who orders it")
            step.add_argument("--reason", required=True, help="why")
        steps.add_parser("list", help="show the holds in force")

    def handle(self, *args: Any, step: str, database: str, **options: Any) -> None:
        """Do it, and say so."""
        by, reason = options.get("by", ""), options.get("reason", "")
        try:
            if step == "place":
                kind, target = options["kind"], options["target"]
                hold = place_hold(kind, target, by=by, reason=reason, using=database)
                self.stdout.write(f"held: {hold.pk}")
            elif step == "release":
                release_hold(options["hold"], by=by, reason=reason, using=database)
                self.stdout.write("released")
            else:
                for hold in Hold.objects.using(database).filter(released_at=None):
                    self.stdout.write(f"{hold.pk} {hold.placed_at:%Y-%m-%d} {hold}")
        except EventError as error:
            raise CommandError(str(error)) from error
