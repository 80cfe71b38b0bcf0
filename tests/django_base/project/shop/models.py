"""Models of every shape that capture must cope with."""

import uuid

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models

from django_base import BaseModel, track


class Company(BaseModel):
    name = models.CharField(max_length=100, unique=True)

    class Backstory:
        entity = "self"


class Legend(BaseModel):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    text = models.TextField()


class Certificate(BaseModel):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    holder = models.CharField(max_length=100, db_column="holder_name")
    shares = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    notes = models.TextField(blank=True)
    issued_at = models.DateTimeField(null=True)
    terms = models.JSONField(null=True)
    legends = models.ManyToManyField(Legend)
    watchers = models.ManyToManyField(Company, through="Watch", related_name="watched")

    class Backstory:
        entity = "company"
        masked = ("notes",)
        personal = ("holder",)


class Watch(BaseModel):
    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE)
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    since = models.DateField(null=True)


class Preferred(Certificate):
    multiple = models.FloatField(default=1)

    class Backstory:
        personal = ()


class CertificateProxy(Certificate):
    class Meta:
        proxy = True


class Holding(BaseModel):
    pk = models.CompositePrimaryKey("fund", "day")
    fund = models.CharField(max_length=20)
    day = models.DateField()
    units = models.BigIntegerField(default=0)


class Specimen(BaseModel):
    code = models.CharField(max_length=20, primary_key=True)
    took = models.DurationField(null=True)
    ratio = models.FloatField(null=True)
    body = models.BinaryField(null=True)
    at = models.DateTimeField(null=True)
    period = DateTimeRangeField(null=True)
    labels = ArrayField(models.CharField(max_length=10), null=True)
    moments = ArrayField(models.DateTimeField(), null=True)

    class Meta:
        required_db_vendor = "postgresql"


class Document(BaseModel):
    title = models.CharField(max_length=100)
    scan = models.TextField()

    class Backstory:
        exclude = {"scan": "1 MB each, kept by the document store"}  # noqa: RUF012


class Reading(BaseModel):
    """Lives in a table partitioned by region; made by raw SQL, without a flag."""

    void_id = None
    id = models.BigIntegerField(primary_key=True)
    region = models.CharField(max_length=10)
    value = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "shop_reading"


class Scratch(BaseModel):
    name = models.CharField(max_length=10)

    class Backstory:
        untracked = "working table of the nightly import, emptied every morning"


class Grant(BaseModel):
    """Whatever is done to it needs a reason."""

    holder = models.CharField(max_length=50)
    witnesses = models.ManyToManyField(Company)

    class Backstory:
        reason_required = True


class Vesting(BaseModel):
    """Only a change of its terms does."""

    code = models.CharField(max_length=20, primary_key=True)
    state = models.CharField(max_length=20, db_column="state of it")
    terms = models.JSONField(default=dict)
    notes = models.TextField(blank=True)
    approvers = models.ManyToManyField(Company)

    class Backstory:
        reason_for = ("state", "terms", "approvers")


class Account(models.Model):
    """Somebody else's model."""

    name = models.CharField(max_length=50)
    password = models.CharField(max_length=50)
    groups = models.ManyToManyField(Legend)


class Permit(models.Model):
    """Somebody else's model, too."""

    name = models.CharField(max_length=50)


track(Account, masked=("password",))
track(Permit, reason_required=True)
