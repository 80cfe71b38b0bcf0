"""Moves data."""

from django.db import migrations


def move(apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_company (name) VALUES ('moved')")


class Migration(migrations.Migration):
    dependencies = (("moving", "0001_initial"),)
    operations = (migrations.RunPython(move),)
