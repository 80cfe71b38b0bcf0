"""Typed events: the values of a change are those the ORM reads, of the same Python type."""

import datetime
import uuid
from decimal import Decimal

import pytest
from cabinet.models import Curio, Material, Money, Shelf, State
from django.db import connection, models
from django.test import override_settings
from msgspec import Raw
from psycopg.types.range import Range
from shop.models import Certificate, Company, Holding, Preferred

from django_base.events import JSON_NULL, LargeValue, typed
from producer import hashed
from schemas import ModelCreated, Payload, raw
from tests.factories import an_event

UTC = datetime.UTC
NOON = datetime.datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)
VALUES = {
    "genuine": True,
    "small": -3,
    "huge": 2**63 - 1,
    "weight": 0.1 + 0.2,
    "price": Decimal("12345678901234567890.1234567890"),
    "label": "50% of 'all' */ \U0001f600 \\ \"quoted\"\n",
    "story": "null",
    "identity": uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    "address": "2001:db8::1",
    "found_on": datetime.date(1, 1, 1),
    "fed_at": datetime.time(23, 59, 59, 999999),
    "seen_at": NOON,
    "age": datetime.timedelta(days=-40, seconds=3, microseconds=7),
    "sample": b"\x00\xff\\x",
    "notes": {"a": None, "ä": [1.5, "x", {"big": 2**70}]},
    "photo": "photos/unicorn.png",
    "state": State.ON_SHOW,
    "insured_for": Money(Decimal("10.50"), "EUR"),
    "made_of": Material.BRASS,
    "tags": ["a", None, 'with "quotes", {commas}'],
    "grid": [[1, 2], [3, 4]],
    "moments": [NOON],
    "prices": [Decimal("1.500"), None],
    "materials": [Material.BONE],
    "remarks": [{"a": [1]}, [1, "x"], "text"],
    "rooms": Range(1, 5),
    "numbers": Range(None, 2**40),
    "bids": Range(Decimal("1.50"), Decimal("2.25"), "[]"),
    "on_loan": Range(datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)),
    "shown_during": Range(NOON, None),
    "words": "'curio':1",
}
FIELDS = [field for field in Curio._meta.concrete_fields if not field.primary_key]


@pytest.fixture
def curio(db, captured_events):
    shelf = Shelf.objects.create(name=Money(Decimal("1.0"), "EUR"))
    beside = Curio.objects.create()
    captured_events.forget()
    return Curio.objects.create(shelf=shelf, beside=beside, twin=beside, **VALUES)


def read(curio: Curio) -> dict[str, object]:
    """What the ORM reads back, foreign keys as their key and files as their name."""
    found = Curio.objects.get(pk=curio.pk)
    values = {field.name: getattr(found, field.attname) for field in FIELDS}
    return {**values, "photo": values["photo"].name}


def kinds(values: dict[str, object]) -> dict[str, object]:
    """Each value with its type, for 1 == True == 1.0."""
    return {name: (type(value), value) for name, value in values.items()}


def test_a_field_of_every_kind_comes_back_as_the_orm_reads_it(curio, captured_events):
    """Created: each value, of the very same type."""
    (created,) = captured_events(Curio)
    stored = read(curio)

    assert None not in stored.values()
    assert kinds(created.after) == kinds({"id": curio.pk, **stored})
    assert (created.key, created.before) == (curio.pk, {})


def test_each_field_changes_from_its_value_to_null(curio, captured_events):
    """Updated: the old values are typed, too, and NULL is None."""
    stored = read(curio)
    captured_events.forget()
    writable = [field.name for field in FIELDS if not field.generated]
    Curio.objects.filter(pk=curio.pk).update(**dict.fromkeys(writable))

    (updated,) = captured_events(Curio)

    assert kinds(updated.before) == kinds(stored)
    assert updated.after == dict.fromkeys(stored)


def test_without_time_zones_instants_are_on_the_local_clock(curio, captured_events):
    """USE_TZ = False reads naive times, inside arrays and ranges as well."""
    with override_settings(USE_TZ=False, TIME_ZONE="Asia/Tokyo"):
        stored = read(curio)
        (created,) = captured_events(Curio)

    assert stored["seen_at"].hour == 21
    for name in ("seen_at", "moments", "shown_during"):
        assert created.after[name] == stored[name]


@pytest.mark.django_db
def test_keys_have_the_types_of_their_fields(captured_events):
    """A tuple for a composite key, that of the parent for a child's table, a field's own type."""
    Holding.objects.create(fund="a,b", day=NOON.date())
    child = Preferred.objects.create(company=Company.objects.create(name="Acme"), holder="Ann")
    shelf = Shelf.objects.create(name=Money(Decimal("1.0"), "EUR"))

    assert [event.key for event in captured_events(Holding, Preferred, Shelf)] == [
        ("a,b", NOON.date()),
        child.pk,
        shelf.pk,
    ]


@pytest.mark.django_db
def test_a_through_table_is_a_model(captured_events):
    """Both ends of a many-to-many link are there as keys."""
    certificate = Certificate.objects.create(
        company=Company.objects.create(name="Acme"), holder="Ann"
    )
    legend = certificate.legends.create(text="restricted")

    (link,) = captured_events(Certificate.legends.through)

    assert link.after["certificate"] == certificate.pk
    assert link.after["legend"] == legend.pk


@pytest.mark.django_db
def test_null_of_json_null_of_the_database_and_missing_are_three(captured_events):
    """The ORM reads two of them as None; the event tells which it was."""
    Curio.objects.create(notes=models.Value(None, models.JSONField()))
    Curio.objects.update(notes=None)
    Curio.objects.update(label="x")

    created, emptied, labelled = captured_events(Curio)

    assert created.after["notes"] is JSON_NULL
    assert (emptied.before, emptied.after) == ({"notes": JSON_NULL}, {"notes": None})
    assert "notes" not in labelled.after


@pytest.mark.django_db
def test_what_python_has_no_value_for_stays_text(captured_events):
    """PostgreSQL's infinity is a timestamp; no datetime is."""
    company = Company.objects.create(name="Acme")
    Certificate.objects.create(company=company, holder="Ann")
    captured_events.forget()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_certificate SET issued_at = 'infinity'")

    (updated,) = captured_events(Certificate)

    assert updated.after["issued_at"] == "infinity"


@pytest.mark.django_db
def test_a_value_too_large_to_record_is_told_by_length_and_digest(captured_events):
    """And not taken for a value."""
    Company.objects.create(name="x")
    certificate = Certificate(company=Company.objects.get(), holder="Ann")
    certificate.terms = {"a": "x" * 1_000_000}
    certificate.save()

    (created,) = captured_events(Certificate)

    assert isinstance(created.after["terms"], LargeValue)
    assert created.after["terms"].length > 1_000_000


def test_what_the_models_no_longer_have_is_as_json_has_it():
    """Old events stay readable: a removed field, one whose type changed, a removed model."""
    payload = ModelCreated(after={"id": raw("seven"), "gone": Raw(b"1.50")})

    here = typed(an_event(payload, subject="shop.Company/7"))
    elsewhere = typed(an_event(payload, subject="shop.Gone/7"))

    for event in (here, elsewhere):
        assert event.after == {"id": "seven", "gone": Decimal("1.50")}
    assert (here.model, here.key) == (Company, 7)
    assert (elsewhere.model, elsewhere.key) == (None, None)


def test_a_key_that_is_held_back_is_none():
    """A hash is no key."""
    event = typed(an_event(subject=f"shop.Company/{hashed('shop', '7')}"))

    assert (event.model, event.key) == (Company, None)


def test_a_type_that_is_not_declared_here_has_no_payload():
    """The event itself is there, with its raw data."""
    event = typed(an_event(type="pigeon.sent", dataschema="backstory:pigeon.sent/1"))

    assert event.payload is None
    assert (event.before, event.after) == ({}, {})


def test_an_older_version_is_read_as_the_newest():
    """After an upgrade of this application; and one that is newer than it has its raw data."""

    class Fed(Payload, name="test.pigeon.fed", version=2, upcasts={1: lambda f: {"grams": f["g"]}}):
        grams: int

    older, newer = (
        typed(
            an_event(type="test.pigeon.fed", dataschema=f"backstory:test.pigeon.fed/{n}", data=data)
        )
        for n, data in ((1, Raw(b'{"g":7}')), (3, Raw(b'{"ounces":1}')))
    )

    assert older.payload == Fed(grams=7)
    assert newer.payload is None
    assert bytes(newer.event.data) == b'{"ounces":1}'
