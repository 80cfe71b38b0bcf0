"""The columns, foreign key and indexes that every variant's tables have."""

from typing import ClassVar

from django.db import models


class CompanyColumns(models.Model):
    """A company: the parent of the cascade."""

    name = models.CharField(max_length=200)
    registration = models.CharField(max_length=20, db_index=True)
    country = models.CharField(max_length=2)
    founded_on = models.DateField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class CertificateColumns(models.Model):
    """A share certificate: fourteen columns of everyday types, three indexes."""

    company = models.ForeignKey("Company", on_delete=models.CASCADE)
    number = models.CharField(max_length=30)
    holder = models.CharField(max_length=200)
    share_class = models.CharField(max_length=50)
    shares = models.DecimalField(max_digits=20, decimal_places=4)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20, db_index=True)
    issued_on = models.DateField()
    notes = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = []
