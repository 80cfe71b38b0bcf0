"""Models of the stranger shapes: each relation, key and kind of value that Django can store."""

from decimal import Decimal

import django
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    IntegerRangeField,
)
from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from django_base import BaseModel

if django.VERSION >= (6, 1):
    from .newer import Awning, Lantern, Meter, Receipt  # noqa: F401


class Lost(BaseModel):
    """Its rows are really deleted: what is told of that is compared with what triggers saw."""

    void_id = None

    class Meta:
        abstract = True


class Guild(Lost):
    name = models.CharField(max_length=50, unique=True)


class Tag(Lost):
    code = models.CharField(max_length=50, primary_key=True)


class Stall(Lost):
    """Has values that the database makes, and every kind of many-to-many relation."""

    name = models.CharField(max_length=50, db_column="Name of stall")
    guild = models.ForeignKey(Guild, null=True, on_delete=models.SET_NULL)
    price = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(1))
    amount = models.IntegerField(db_default=1)
    opened_at = models.DateTimeField(db_default=Now())
    worth = models.GeneratedField(
        expression=F("price") * F("amount"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )
    tags = models.ManyToManyField(Tag)
    neighbours = models.ManyToManyField("self")
    suppliers = models.ManyToManyField("self", symmetrical=False, related_name="customers")
    keepers = models.ManyToManyField(Guild, through="Lease", related_name="kept")
    notes = GenericRelation("Note")


class Lease(Lost):
    stall = models.ForeignKey(Stall, on_delete=models.CASCADE)
    guild = models.ForeignKey(Guild, on_delete=models.CASCADE)
    rent = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["stall", "guild"], name="one_lease"),)


class FoodStall(Stall):
    cuisine = models.CharField(max_length=50)


class NoodleStall(FoodStall):
    spicy = models.BooleanField(default=False)


class Favourite(Stall):
    class Meta:
        proxy = True


class Note(Lost):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, db_constraint=False)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()
    text = models.TextField()


class Shelf(Lost):
    stall = models.ForeignKey(Stall, on_delete=models.CASCADE)
    label = models.CharField(max_length=10)

    class Meta:
        order_with_respect_to = "stall"


class Permit(Lost):
    """Has the key of its stall."""

    stall = models.OneToOneField(Stall, primary_key=True, on_delete=models.CASCADE)
    number = models.IntegerField(default=0)


class Ware(Lost):
    """Has a key of two columns, one of them a relation's."""

    pk = models.CompositePrimaryKey("stall", "code")
    stall = models.ForeignKey(Stall, on_delete=models.CASCADE)
    code = models.CharField(max_length=20)
    left = models.IntegerField(default=0)


class Crate(Lost):
    """Its relations are made by raw SQL, each test its own."""

    owner = models.CharField(max_length=50, default="")
    stall = models.ForeignKey(Stall, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    spare = models.ForeignKey(
        Stall, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    inside = models.ForeignKey("self", null=True, on_delete=models.DO_NOTHING, db_constraint=False)


class Eclipse(Lost):
    at = models.DateTimeField(primary_key=True)


class Rate(Lost):
    percent = models.DecimalField(primary_key=True, max_digits=8, decimal_places=4)
    name = models.CharField(max_length=20, default="")


class Currency(models.TextChoices):
    EUR = "EUR", "Euro"
    JPY = "JPY", "Yen"


class Grade(models.IntegerChoices):
    POOR = 1
    FINE = 2


class Money(models.Field):
    """A field of the application's own: (amount, currency), kept as text."""

    def db_type(self, connection):
        return "text"

    def get_prep_value(self, value):
        return None if value is None else f"{value[0]} {value[1]}"

    def from_db_value(self, value, expression, connection):
        return None if value is None else (Decimal(value.split()[0]), value.split()[1])


class Curio(Lost):
    """A value of every kind."""

    document = models.JSONField(null=True)
    exact = models.DecimalField(max_digits=40, decimal_places=20, null=True)
    ratio = models.FloatField(null=True)
    big = models.BigIntegerField(null=True)
    at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    time = models.TimeField(null=True)
    took = models.DurationField(null=True)
    body = models.BinaryField(null=True)
    text = models.TextField(null=True)
    flag = models.BooleanField(null=True)
    ident = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)
    currency = models.CharField(max_length=3, choices=Currency, null=True)
    grade = models.IntegerField(choices=Grade, null=True)
    scan = models.FileField(upload_to="scans", null=True)
    price = Money(null=True)
    sizes = ArrayField(ArrayField(models.DecimalField(max_digits=6, decimal_places=2)), null=True)
    moments = ArrayField(models.DateTimeField(null=True), null=True)
    numbers = IntegerRangeField(null=True)
    amounts = DecimalRangeField(null=True)
    days = DateRangeField(null=True)
    period = DateTimeRangeField(null=True)

    class Meta:
        required_db_vendor = "postgresql"
