"""Each row can be voided: quick on a table of any size, as no row is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("captable", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="certificate",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="legend",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="shareclass",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="stakeholder",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="void_id",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
    )
