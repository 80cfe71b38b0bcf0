"""``manage.py found NAME``: a command that writes."""

from django.core.management import BaseCommand

from shop.models import Company


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **options):
        Company.objects.create(name=name)
