"""The writes that are compared. Each prepares what it needs and yields calls to measure."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import ModuleType
from typing import Any

from django.db import connection, transaction

Calls = Iterator[Callable[[], object]]
ISSUED_ON = dt.date(2026, 3, 31)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much one sample does.

    Attributes:
        calls: how often a write of one row is called.
        rows: how many rows a bulk write and the children of a cascade have.
    """

    calls: int = 20
    rows: int = 500


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One kind of write.

    Attributes:
        name: as the table shows it.
        calls: yields the calls to measure; what runs between them is not measured.
        written: how many rows one call writes, all of which have to be recorded.
    """

    name: str
    calls: Callable[[ModuleType, Size], Calls]
    written: Callable[[Size], int]


def a_company(models: ModuleType, name: str = "Meridian Robotics, Inc.") -> Any:
    """Return a company that is not saved."""
    return models.Company(name=name, registration="HRB 4711", country="DE", founded_on=ISSUED_ON)


def a_certificate(models: ModuleType, company: Any, number: int) -> Any:
    """Return a certificate that is not saved."""
    return models.Certificate(
        company=company,
        number=f"CS-{number:06d}",
        holder="Wilhelmina van der Berg",
        share_class="Series A preferred",
        shares=Decimal("1250.5000"),
        price=Decimal("3.141500"),
        currency="EUR",
        status="issued",
        issued_on=ISSUED_ON,
        notes="Issued under the 2026 subscription agreement, schedule 2.",
    )


def seed(models: ModuleType, size: Size, name: str) -> Any:
    """Save a company with ``size.rows`` certificates, without a signal, and return it."""
    company = a_company(models, name)
    models.Company.objects.bulk_create([company])
    certificates = [a_certificate(models, company, number) for number in range(size.rows)]
    models.Certificate.objects.bulk_create(certificates)
    return company


def _seeded(models: ModuleType, size: Size) -> Any:
    company = models.Company.objects.filter(name="Seed").first()
    return company or seed(models, size, "Seed")


def _save(models: ModuleType, size: Size) -> Calls:
    certificates = models.Certificate.objects.filter(company=_seeded(models, size))
    for certificate in certificates.order_by("pk")[: size.calls]:
        certificate.shares += 1
        yield certificate.save


def _create(models: ModuleType, size: Size) -> Calls:
    company = seed(models, Size(rows=0), "Create")
    for number in range(size.calls):
        yield a_certificate(models, company, number).save
    _discard(models, size)


def _ten_saves(models: ModuleType, size: Size) -> Calls:
    certificates = models.Certificate.objects.filter(company=_seeded(models, size))
    ten = list(certificates.order_by("pk")[:10])

    def save_all() -> None:
        with transaction.atomic(savepoint=False):
            for certificate in ten:
                certificate.save()

    for _ in range(max(1, size.calls // 5)):
        for certificate in ten:
            certificate.shares += 1
        yield save_all


def _bulk_create(models: ModuleType, size: Size) -> Calls:
    company = seed(models, Size(rows=0), "Bulk")
    certificates = [a_certificate(models, company, number) for number in range(size.rows)]
    yield lambda: models.Certificate.objects.bulk_create(certificates)
    _discard(models, size)


def _queryset_update(models: ModuleType, size: Size) -> Calls:
    rows = models.Certificate.objects.filter(company=_seeded(models, size))
    for price in ("4.5", "3.1415"):
        yield partial(rows.update, price=Decimal(price))


def _bulk_update(models: ModuleType, size: Size) -> Calls:
    rows = models.Certificate.objects
    certificates = list(rows.filter(company=_seeded(models, size)))
    for certificate in certificates:
        certificate.shares += 1
        certificate.holder = "Jonathan Q. Public"
    yield lambda: rows.bulk_update(certificates, ["shares", "holder"])


def _queryset_delete(models: ModuleType, size: Size) -> Calls:
    company = seed(models, size, "Delete")
    yield models.Certificate.objects.filter(company=company).delete
    _discard(models, size)


def _cascade(models: ModuleType, size: Size) -> Calls:
    yield seed(models, size, "Cascade").delete


def _discard(models: ModuleType, size: Size) -> None:
    """Delete all but the seed in SQL, so that every round begins with the same tables."""
    keep = _seeded(models, size)
    certificates, companies = models.Certificate._meta.db_table, models.Company._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {certificates} WHERE company_id <> %s", [keep.pk])
        cursor.execute(f"DELETE FROM {companies} WHERE id <> %s", [keep.pk])


OPERATIONS = (
    Operation(name="save", calls=_save, written=lambda size: 1),
    Operation(name="create", calls=_create, written=lambda size: 1),
    Operation(name="ten saves in a transaction", calls=_ten_saves, written=lambda size: 10),
    Operation(name="bulk_create", calls=_bulk_create, written=lambda size: size.rows),
    Operation(name="queryset.update", calls=_queryset_update, written=lambda size: size.rows),
    Operation(name="bulk_update", calls=_bulk_update, written=lambda size: size.rows),
    Operation(name="queryset.delete", calls=_queryset_delete, written=lambda size: size.rows),
    Operation(name="cascade", calls=_cascade, written=lambda size: size.rows + 1),
)
