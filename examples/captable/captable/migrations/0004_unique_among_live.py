"""What is void gives its name, or number, free; a user with memberships is not deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from django_base import UniqueAmongLive

UNIQUE = {
    "membership": (("company", "user"), "one_membership_a_person"),
    "shareclass": (("company", "name"), "one_class_a_name"),
    "certificate": (("company", "number"), "one_certificate_a_number"),
}


class Migration(migrations.Migration):
    dependencies = (
        ("captable", "0003_who_may_do_what"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        *(migrations.RemoveConstraint(model, name) for model, (_, name) in UNIQUE.items()),
        *(
            migrations.AddConstraint(model, UniqueAmongLive(fields=fields, name=name))
            for model, (fields, name) in UNIQUE.items()
        ),
        migrations.AlterField("company", "name", models.CharField(max_length=120)),
        migrations.AddConstraint(
            "company", UniqueAmongLive(fields=("name",), name="one_company_a_name")
        ),
        migrations.AlterField(
            "membership",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
    )
