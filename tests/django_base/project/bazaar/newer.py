"""Models of what came with Django 6.1."""

from django.db import models
from django.db.models import F

from django_base import BaseModel


class Lantern(BaseModel):
    """Takes what hangs on it along."""

    void_id = None
    watts = models.IntegerField()


class Meter(BaseModel):
    """Has a column that is computed when it is read; triggers do not see it."""

    void_id = None
    watts = models.IntegerField()
    double = models.GeneratedField(
        expression=F("watts") * 2, output_field=models.IntegerField(), db_persist=False
    )

    class Meta:
        required_db_features = ("supports_virtual_generated_columns",)  # no table without


class Awning(BaseModel):
    """Goes with its lantern, by the database."""

    void_id = None
    lantern = models.ForeignKey(Lantern, on_delete=models.DB_CASCADE)


class Receipt(BaseModel):
    """Outlives what it names, by the database."""

    void_id = None
    awning = models.ForeignKey(Awning, null=True, on_delete=models.DB_SET_NULL)
    lantern = models.ForeignKey(
        Lantern, null=True, db_default=None, on_delete=models.DB_SET_DEFAULT
    )
