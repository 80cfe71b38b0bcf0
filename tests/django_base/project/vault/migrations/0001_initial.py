# ruff: noqa: RUF012
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import django_base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Safe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50)),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("void_id__isnull", False)),
                        fields=["void_id"],
                        name="vault_safe_void",
                    )
                ],
                "constraints": [
                    django_base.UniqueAmongLive(fields=("name",), name="vault_one_safe_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Custody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("keeper", models.CharField(max_length=50)),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
                (
                    "safe",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="vault.safe"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("colour", models.CharField(blank=True, max_length=20, null=True)),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
            ],
            options={
                "constraints": [
                    django_base.UniqueAmongLive(
                        fields=("colour",), name="vault_one_colour", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sticker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("text", models.CharField(max_length=50)),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="contenttypes.contenttype"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Folder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("title", models.CharField(default="", max_length=50)),
                ("shelf", models.IntegerField(blank=True, null=True)),
                ("state", models.CharField(default="open", max_length=20)),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
                (
                    "safe",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="folders",
                        to="vault.safe",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django_base.UniqueAmongLive(
                        fields=("safe", "number"), name="vault_one_number_in_a_safe"
                    ),
                    django_base.UniqueAmongLive(
                        django.db.models.functions.text.Lower("title"),
                        condition=models.Q(("title", ""), _negated=True),
                        name="vault_one_title",
                    ),
                    django_base.UniqueAmongLive(
                        condition=models.Q(("state", "filed")),
                        fields=("shelf",),
                        name="vault_one_filed",
                    ),
                ],
            },
        ),
    ]
