"""Read stakeholders from a CSV file (name, kind, e-mail) into a company by COPY."""

import csv
import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from django_base import action, with_context

from ...models import Company, Stakeholder
from ...sql import COPY_STAKEHOLDERS


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("company", type=int)
        parser.add_argument("file", type=Path)
        parser.add_argument("--reason", default="")

    def handle(self, *, company, file, reason, **options):
        if not Company.objects.filter(pk=company).exists():
            raise CommandError(f"there is no company {company}")
        with file.open(newline="") as lines:
            rows = list(csv.reader(lines))
        with action("stakeholders.import", reason=reason or file.name):
            _copy(company, rows)
        emails = [email for _, _, email in rows]
        made = Stakeholder.objects.filter(company=company, email__in=emails)
        self.stdout.write(json.dumps({str(each.pk): each.email for each in made}))


def _copy(company: int, rows: list[list[str]]) -> None:
    with connection.cursor() as cursor, cursor.copy(with_context(COPY_STAKEHOLDERS)) as copy:
        for name, kind, email in rows:
            copy.write_row((company, name, kind, email, ""))
