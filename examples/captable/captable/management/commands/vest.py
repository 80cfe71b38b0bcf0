"""The nightly vesting: a part of each active certificate's shares, by bulk_update."""

import json
from decimal import ROUND_DOWN, Decimal

from django.core.management.base import BaseCommand

from django_base import action

from ...models import ONE_SHARE, Certificate

BATCH = 100


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("company", type=int)
        parser.add_argument("part", type=Decimal, help="0.25 vests a quarter")
        parser.add_argument("--reason", default="nightly vesting")

    def handle(self, *, company, part, reason, **options):
        active = Certificate.objects.filter(
            company=company, status=Certificate.Status.ACTIVE
        ).order_by("pk")
        with action("nightly.vest", reason=reason):
            changed = []
            for certificate in active.select_for_update():
                vested = (certificate.shares * part).quantize(ONE_SHARE, ROUND_DOWN)
                if vested != certificate.vested:
                    certificate.vested = vested
                    changed.append(certificate)
            Certificate.objects.bulk_update(changed, ["vested"], batch_size=BATCH)
        self.stdout.write(json.dumps({str(each.pk): str(each.vested) for each in changed}))
