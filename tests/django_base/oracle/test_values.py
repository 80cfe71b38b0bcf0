"""Values keep their digits and their kinds on the way through the outbox to the event."""

import json
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from bazaar.models import Curio, Currency, Grade, Money
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from django.db.models import Value
from django.db.models.fields.json import KT

from .witness import exactly

pytestmark = pytest.mark.django_db

JSON_NULL = Value(None, models.JSONField())
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)

VALUES = [
    ("exact", Decimal("12345678901234567890.12345678901234567890"), None),
    ("exact", Decimal("0.1"), "0.10000000000000000000"),
    ("ratio", 0.1 + 0.2, "0.30000000000000004"),
    ("ratio", float("inf"), '"Infinity"'),
    ("ratio", 1e-300, "1e-300"),
    ("big", 2**63 - 1, "9223372036854775807"),
    ("at", NOON, '"2026-05-17T12:00:00.123456+00:00"'),
    ("at", datetime(1890, 1, 1, tzinfo=UTC), '"1890-01-01T00:00:00+00:00"'),
    ("day", date(1, 1, 1), '"0001-01-01"'),
    ("time", time(23, 59, 59, 999999), '"23:59:59.999999"'),
    ("took", timedelta(days=40, seconds=3, microseconds=7), '"P40DT3.000007S"'),
    ("took", -timedelta(microseconds=1), '"P-1DT23H59M59.999999S"'),
    ("body", b"\x00\xff'\\", '"\\\\x00ff275c"'),
    ("text", 'ä\u2028\U0001f600\x01\x7f"\\/</script>', None),
    ("text", "null", '"null"'),
    ("text", "", '""'),
    ("flag", False, "false"),
    ("ident", uuid.UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
    ("address", "2001:db8::1", '"2001:db8::1"'),
    ("currency", Currency.EUR, '"EUR"'),
    ("grade", Grade.FINE, "2"),
    ("scan", "scans/ä 1.pdf", '"scans/ä 1.pdf"'),
    ("price", (Decimal("12.50"), "EUR"), '"12.50 EUR"'),
    ("sizes", [[Decimal("1.50"), None], [Decimal(2), Decimal(3)]], "[[1.50,null],[2.00,3.00]]"),
    ("sizes", [], "[]"),
    ("moments", [NOON, None], '["2026-05-17T12:00:00.123456+00:00",null]'),
    ("numbers", NumericRange(1, 5), '"[1,5)"'),
    ("numbers", NumericRange(empty=True), '"empty"'),
    ("amounts", NumericRange(Decimal("1.50"), None), '"[1.50,)"'),
    ("days", DateRange(date(2026, 1, 1), date(2026, 2, 1)), '"[2026-01-01,2026-02-01)"'),
    ("period", DateTimeTZRange(NOON, None), '"[\\"2026-05-17 12:00:00.123456+00\\",)"'),
    ("document", {"b": [1.50, None], "a": {"ä": ""}}, '{"a": {"ä": ""}, "b": [1.5, null]}'),
    ("document", 10**30, f"{10**30}"),
    ("document", "null", '"null"'),
    ("document", False, "false"),
]


@pytest.mark.parametrize(("name", "value", "written"), VALUES, ids=lambda each: str(each)[:20])
def test_a_value_is_told_as_it_is(name, value, written):
    """In a new row, in a change from nothing and back, and in the last image."""
    with exactly() as told:
        made = Curio.objects.create(**{name: value})
        Curio.objects.update(**{name: None})
        Curio.objects.update(**{name: value})
        Curio.objects.get().save()
        made.delete()

    created, emptied, filled, deleted = told
    texts = [created.after[name], emptied.before[name], filled.after[name], deleted.before[name]]
    assert len(set(texts)) == 1
    assert (emptied.after, filled.before) == ({name: "null"}, {name: "null"})
    if written is not None:
        assert texts[0] == written
    elif isinstance(value, str):
        assert json.loads(texts[0]) == value
    else:
        assert texts[0] == str(value)


def test_the_null_of_json_is_not_that_of_sql():
    """Nothing known, known to be nothing, and a document without the key are three things."""
    with exactly() as told:
        curio = Curio.objects.create(document=None)
        Curio.objects.update(document=JSON_NULL)
        Curio.objects.update(document={})
        Curio.objects.update(document={"a": None})
        Curio.objects.update(document=JSON_NULL)
        Curio.objects.update(document=JSON_NULL, text="null")
        Curio.objects.update(document=None)
        Curio.objects.create(document=JSON_NULL)
        curio.delete()

    null = '{"backstory:json":null}'
    documents = [event.after.get("document") for event in told]
    assert documents == [*("null", null, "{}", '{"a": null}', null, None, "null", null, None)]


def test_the_null_of_json_is_found_in_many_rows():
    """Some have it, most have not; the images stay in order."""
    Curio.objects.bulk_create(
        Curio(document=JSON_NULL if n % 7 == 0 else None, big=n) for n in range(1200)
    )
    with exactly() as told:
        Curio.objects.filter(big__lt=700).update(document=None)
        Curio.objects.filter(big__gte=700).update(document=JSON_NULL)
        Curio.objects.filter(big__gte=1000).delete()

    assert len(told) == 100 + (500 - 72) + 200


def test_the_same_instant_in_another_zone_is_no_change():
    """A browser of Tokyo sends back what it was shown."""
    Curio.objects.create(at=NOON, moments=[NOON], period=DateTimeTZRange(NOON, None))
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    with exactly() as told, connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Kathmandu'")
        Curio.objects.update(at=tokyo, moments=[tokyo], period=DateTimeTZRange(tokyo, None))
        Curio.objects.update(at=tokyo)
        cursor.execute("SET LOCAL TimeZone = 'UTC'")

    assert told == []


def test_equal_values_written_otherwise_are_no_change():
    """The database keeps one form of each."""
    Curio.objects.create(exact=Decimal("1.5"), document={"a": 1, "b": 2}, address="::1")
    with exactly() as told:
        Curio.objects.update(
            exact=Decimal("1.500"), document={"b": 2, "a": 1}, address="0:0:0:0:0:0:0:1"
        )

    assert told == []


def test_part_of_a_document_is_a_change_of_the_document():
    """JSON has no fields of ours inside."""
    Curio.objects.create(document={"a": {"b": 1}}, text="x")
    with exactly() as told, connection.cursor() as cursor:
        cursor.execute("UPDATE bazaar_curio SET document = jsonb_set(document, '{a,b}', 'null')")
        Curio.objects.update(text=KT("document__a"))

    assert [event.after for event in told] == [
        {"document": '{"a": {"b": null}}'},
        {"text": '"{\\"b\\": null}"'},
    ]


def test_types_of_the_database_are_told():
    """Its enums, domains and composite types, which Django has no field for."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TYPE mood AS ENUM ('glad', 'so so')")
        cursor.execute("CREATE DOMAIN share AS numeric(5, 2) CHECK (VALUE <= 100)")
        cursor.execute("CREATE TYPE place AS (hall integer, at timestamptz)")
        for column, kind in [("grade", "mood"), ("exact", "share"), ("text", "place")]:
            cursor.execute(
                f"ALTER TABLE bazaar_curio ALTER {column} TYPE {kind} USING NULL::text::{kind}"
            )
        with exactly() as told:
            cursor.execute(
                "INSERT INTO bazaar_curio (grade, exact, text)"
                " VALUES ('so so', 99.5, (3, '2026-05-17T12:00:00Z'))"
            )
            cursor.execute("UPDATE bazaar_curio SET text.hall = 4")

    assert (told[0].after["grade"], told[0].after["exact"]) == ('"so so"', "99.50")
    assert told[1].after == {"text": '{"hall":4,"at":"2026-05-17T12:00:00+00:00"}'}


def test_a_field_of_the_applications_own_reads_its_value_back():
    """What is told is what the field wrote."""
    with exactly() as told:
        Curio.objects.create(price=(Decimal("0.10"), "JPY"))

    text = json.loads(told[0].after["price"])
    assert Money().from_db_value(text, None, connection) == (Decimal("0.10"), "JPY")
