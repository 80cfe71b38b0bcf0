"""What is captured are exactly the row changes: every way to write against a row-level witness."""

import datetime
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Upper
from shop.models import (
    Account,
    Certificate,
    CertificateProxy,
    Company,
    Holding,
    Legend,
    Preferred,
    Reading,
    Specimen,
    Watch,
)

UTC = datetime.UTC
NOON = datetime.datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)


def save(company: Company) -> None:
    made = Certificate(company=company, holder="Ann", shares=Decimal("10.0001"), issued_at=NOON)
    made.save()
    made.save()
    made.notes = "50% of 'all' */ \U0001f600 \\ \"quoted\"\n"
    made.save(update_fields=["notes"])
    Certificate(pk=made.pk, company=company, holder="Bob").save()


def create_and_get(company: Company) -> None:
    Certificate.objects.get_or_create(company=company, holder="Cy")
    Certificate.objects.get_or_create(company=company, holder="Cy")
    Certificate.objects.update_or_create(company=company, holder="Cy", defaults={"shares": 3})


def bulk(company: Company) -> None:
    made = Certificate.objects.bulk_create(
        Certificate(company=company, holder=f"holder {i}", shares=i) for i in range(1200)
    )
    for each in made:
        each.shares += 1
    Certificate.objects.bulk_update(made, ["shares", "notes"], batch_size=700)


def upsert(company: Company) -> None:
    Company.objects.bulk_create([company, Company(name="New")], ignore_conflicts=True)
    Company.objects.bulk_create(
        [Company(id=company.id, name="Renamed"), Company(id=10**6, name="Far")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name"],
    )


def queryset_update(company: Company) -> None:
    bulk(company)
    rows = Certificate.objects.filter(shares__gt=5)
    rows.update(shares=F("shares") * 2, notes=Concat(Upper("holder"), Value("!")))
    Certificate.objects.filter(holder="holder 7").update(holder="gone from the filter")
    Certificate.objects.filter(holder="nobody").update(shares=1)
    Certificate.objects.update(notes="same", terms={"a": None, "ä": [1.5, "x"]})
    Certificate.objects.update(terms=None)
    Certificate.objects.update(terms=Value(None, models.JSONField()))


def deletes(company: Company) -> None:
    bulk(company)
    Certificate.objects.first().delete()
    Certificate.objects.filter(shares__lt=600).delete()
    Certificate.objects.all()._raw_delete("default")


def cascades(company: Company) -> None:
    other = Company.objects.create(name="Other")
    first = Certificate.objects.create(company=company, holder="a")
    second = Certificate.objects.create(company=other, holder="b", replaced_by=first)
    Watch.objects.create(certificate=first, company=other, since=NOON.date())
    second.legends.add(Legend.objects.create(text="Restricted"))
    Preferred.objects.create(company=company, holder="c", multiple=1.1)
    company.delete()
    other.delete()


def many_to_many(company: Company) -> None:
    one, two, three = (Legend.objects.create(text=text) for text in "abc")
    certificate = Certificate.objects.create(company=company, holder="a")
    certificate.legends.add(one, two)
    certificate.legends.add(two)
    certificate.legends.set([two, three])
    two.certificate_set.remove(certificate)
    certificate.watchers.add(company, through_defaults={"since": NOON.date()})
    certificate.legends.clear()
    Account.objects.create(name="third", password="party").groups.add(one)


def inheritance(company: Company) -> None:
    preferred = Preferred.objects.create(company=company, holder="p", multiple=0.1)
    Preferred.objects.update(multiple=2.5, shares=7)
    proxy = CertificateProxy.objects.get(pk=preferred.pk)
    proxy.notes = "by proxy"
    proxy.save()
    preferred.delete()


def keys(company: Company) -> None:
    holding = Holding.objects.create(fund="F", day=NOON.date(), units=2**62)
    holding.units -= 1
    holding.save()
    Holding.objects.update(fund="G")
    Specimen.objects.create(
        code="x",
        took=datetime.timedelta(days=40, seconds=3, microseconds=7),
        ratio=0.1 + 0.2,
        body=b"\x00\xff",
        at=NOON,
        labels=["a", None],
        moments=[NOON],
        period=(NOON, None),
    )
    Specimen.objects.update(code="y")
    Specimen.objects.all().delete()


def raw_sql(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_company SET name = name || '%'")
        cursor.execute("UPDATE shop_company SET name = name || %s || '%%'", ["'"])
        cursor.executemany("INSERT INTO shop_company (name) VALUES (%s)", [["a"], ["b%"], ["c"]])
        cursor.execute("SELECT shop FROM (SELECT 1) s (shop)")
        cursor.execute(
            "WITH gone AS (DELETE FROM shop_company WHERE name = 'a' RETURNING *)"
            " INSERT INTO shop_company (name) SELECT name || '2' FROM gone"
        )
        if connection.pg_version >= 150_000:
            cursor.execute(
                "MERGE INTO shop_company c USING (VALUES ('c'), ('d'), ('b%')) v (name)"
                " ON c.name = v.name"
                " WHEN MATCHED AND v.name = 'c' THEN DELETE"
                " WHEN MATCHED THEN UPDATE SET name = c.name || '!'"
                " WHEN NOT MATCHED THEN INSERT (name) VALUES (v.name)"
            )
        cursor.execute("DO $$ BEGIN UPDATE shop_company SET name = upper(name); END $$")


def copied(company: Company) -> None:
    statement = "COPY shop_company (name) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for i in range(1201):
            copy.write_row([f"company {i}"])


def partitions(company: Company) -> None:
    Reading.objects.bulk_create(
        Reading(id=i, region=("north", "south")[i % 2], value=i) for i in range(700)
    )
    Reading.objects.update(value=F("value") + 1)
    Reading.objects.filter(id__lt=10, region="north").update(region="south", value=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_reading_south SET value = 5 WHERE id < 3")
        cursor.execute("INSERT INTO shop_reading_south (id, region) VALUES (5000, 'south')")
    Reading.objects.all().delete()


def savepoints(company: Company) -> None:
    with transaction.atomic():
        Company.objects.create(name="kept")
        with suppress(ZeroDivisionError), transaction.atomic():
            Company.objects.update(name=Concat("name", Value("?")))
            raise ZeroDivisionError
        Company.objects.filter(name="kept").update(name="kept 2")


def fixtures_and_history(company: Company) -> None:
    from django.core import serializers

    text = json.dumps([{"model": "shop.company", "pk": company.pk, "fields": {"name": "loaded"}}])
    for each in serializers.deserialize("json", text):
        each.save()


PATHS = [
    save,
    create_and_get,
    bulk,
    upsert,
    queryset_update,
    deletes,
    cascades,
    many_to_many,
    inheritance,
    keys,
    raw_sql,
    copied,
    partitions,
    savepoints,
    fixtures_and_history,
]


@pytest.mark.django_db
@pytest.mark.parametrize("write", PATHS, ids=lambda path: path.__name__)
def test_the_images_are_exactly_the_row_changes(write: Callable[[Company], None], captured):
    """Nothing is missed, nothing is invented, each new image belongs to its old one."""
    company = Company.objects.create(name="Acme")
    captured()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM oracle_log")

    write(company)

    ours = Counter(
        change(row.name, old, new) for row in captured() for old, new in row.images if old != new
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relation, old::text, new::text FROM oracle_log WHERE old IS DISTINCT FROM new"
        )
        witnessed = Counter(
            change(label, *(None if each is None else json.loads(each) for each in images))
            for label, *images in moved_as_updates(cursor.fetchall())
        )
    assert witnessed
    assert ours == witnessed


def change(label: str, old: object, new: object) -> str:
    return json.dumps([label, old, new], sort_keys=True)


def moved_as_updates(rows: list[tuple[str, str | None, str | None]]) -> list[list[str | None]]:
    """A row that moves between partitions is a delete and an insert to row triggers."""
    found: list[list[str | None]] = []
    for label, old, new in rows:
        last = found[-1] if found else None
        arrived = label == "shop.Reading" and old is None and last and last[2] is None
        if arrived and json.loads(str(last[1]))["id"] == json.loads(str(new))["id"]:
            last[2] = new
            continue
        found.append([label, old, new])
    return found
