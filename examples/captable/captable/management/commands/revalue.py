"""The nightly valuation: one price for every active certificate of a company, in one UPDATE."""

import json
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.db import transaction

from django_base import action

from ...models import Certificate


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("company", type=int)
        parser.add_argument("price", type=Decimal)
        parser.add_argument("--reason", default="nightly valuation")
        parser.add_argument("--dry-run", action="store_true", help="do it all and roll back")

    def handle(self, *, company, price, reason, dry_run, **options):
        active = Certificate.objects.filter(
            company=company, status=Certificate.Status.ACTIVE
        ).exclude(fair_value=price)
        with action("nightly.revalue", reason=reason):
            # Locked first, so that the keys printed are those the one UPDATE changes.
            keys = list(active.select_for_update().order_by("pk").values_list("pk", flat=True))
            Certificate.objects.filter(pk__in=keys).update(fair_value=price)
            transaction.set_rollback(dry_run)
        self.stdout.write(json.dumps({str(key): str(price) for key in keys}))
