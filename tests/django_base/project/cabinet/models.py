"""A model with a field of every kind, one of each."""

import enum
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres import fields as postgres
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from django_base import BaseModel


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str


class MoneyField(models.CharField):
    """A custom field that makes a value of its own in ``from_db_value``."""

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        amount, currency = value.split()
        return Money(Decimal(amount), currency)

    def get_prep_value(self, value):
        return f"{value.amount} {value.currency}" if isinstance(value, Money) else value


class Material(enum.Enum):
    BONE = "bone"
    BRASS = "brass"


class MaterialField(models.TextField):
    """A custom field for an enum."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else Material(value)

    def get_prep_value(self, value):
        return value.value if isinstance(value, Material) else value


class State(models.TextChoices):
    ON_SHOW = "shown", "on show"
    IN_STORE = "stored", "in store"


class Shelf(BaseModel):
    """Its key is a custom field's."""

    void_id = None
    name = MoneyField(primary_key=True, max_length=50)


class Curio(BaseModel):
    void_id = None  # holds the fields below and no other
    genuine = models.BooleanField(null=True)
    small = models.SmallIntegerField(null=True)
    huge = models.BigIntegerField(null=True)
    weight = models.FloatField(null=True)
    price = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    label = models.CharField(max_length=100, null=True)
    story = models.TextField(null=True, db_column="the story")
    identity = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    found_on = models.DateField(null=True)
    fed_at = models.TimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    age = models.DurationField(null=True)
    sample = models.BinaryField(null=True)
    notes = models.JSONField(null=True)
    photo = models.FileField(null=True)
    state = models.CharField(choices=State.choices, max_length=10, null=True)
    insured_for = MoneyField(max_length=50, null=True)
    made_of = MaterialField(null=True)
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.PROTECT)
    beside = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    twin = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="of")
    tags = postgres.ArrayField(models.CharField(max_length=20), null=True)
    grid = postgres.ArrayField(postgres.ArrayField(models.IntegerField()), size=2, null=True)
    moments = postgres.ArrayField(models.DateTimeField(), null=True)
    prices = postgres.ArrayField(models.DecimalField(max_digits=9, decimal_places=3), null=True)
    materials = postgres.ArrayField(MaterialField(), null=True)
    remarks = postgres.ArrayField(models.JSONField(), null=True)
    rooms = postgres.IntegerRangeField(null=True)
    numbers = postgres.BigIntegerRangeField(null=True)
    bids = postgres.DecimalRangeField(null=True)
    on_loan = postgres.DateRangeField(null=True)
    shown_during = postgres.DateTimeRangeField(null=True)
    words = SearchVectorField(null=True)
    doubled = models.GeneratedField(
        expression=models.F("small") * 2,
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        required_db_vendor = "postgresql"
