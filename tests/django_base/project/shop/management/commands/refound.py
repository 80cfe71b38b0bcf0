"""``manage.py refound NAME``: calls ``found``."""

from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **options):
        call_command("found", name)
