"""Administrators, auditors, shareholders, and law firms with access to some companies."""

from django.conf import settings
from django.db import migrations, models

RENAMED = {"editor": "administrator", "viewer": "auditor"}


def rename_roles(apps, schema_editor):
    members = apps.get_model("captable", "Membership").objects
    for old, new in RENAMED.items():
        members.filter(role=old).update(role=new)


class Migration(migrations.Migration):
    dependencies = (
        ("captable", "0002_logical_deletion"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.AddField(
            model_name="membership",
            name="stakeholder",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose certificates a shareholder sees.",
                null=True,
                on_delete=models.SET_NULL,
                to="captable.stakeholder",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "Administrator"),
                    ("auditor", "Auditor"),
                    ("shareholder", "Shareholder"),
                ],
                default="auditor",
                max_length=15,
            ),
        ),
        migrations.RunPython(rename_roles, migrations.RunPython.noop),
        migrations.CreateModel(
            name="LawFirm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
                (
                    "lawyers",
                    models.ManyToManyField(related_name="law_firms", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("void_id", models.UUIDField(default=None, editable=False, null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="mandates",
                        to="captable.company",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="mandates",
                        to="captable.lawfirm",
                    ),
                ),
            ],
        ),
    )
