"""What came with Django 6.1: relations that the database keeps, columns computed when read."""

import pytest
from bazaar.models import Awning, Curio, Lantern, Meter, Receipt
from django.db import connection
from django.db.models import JSONNull

from .witness import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture
def lantern():
    made = Lantern.objects.create(watts=40)
    awnings = [Awning.objects.create(lantern=made) for _ in range(3)]
    for awning in awnings:
        Receipt.objects.create(awning=awning, lantern=made)
    return made


@pytest.mark.parametrize("way", ["instance", "queryset"])
def test_what_the_database_deletes_and_empties_is_told(lantern, way):
    """Django asks for one DELETE and knows nothing of the rest."""
    with exactly() as told:
        lantern.delete() if way == "instance" else Lantern.objects.all().delete()

    rows = [(event.type.removeprefix("model."), event.subject.split("/")[0]) for event in told]
    assert rows.count(("deleted", "bazaar.Lantern")) == 1
    assert rows.count(("deleted", "bazaar.Awning")) == 3
    assert {row for row in rows if "Receipt" in row[1]} == {("updated", "bazaar.Receipt")}
    assert Receipt.objects.filter(awning=None, lantern=None).count() == 3


def test_a_column_computed_when_read_is_not_told():
    """PostgreSQL gives triggers nothing of it, and an event must not say that it is empty."""
    if not connection.features.supports_virtual_generated_columns:
        pytest.skip("PostgreSQL has columns that are computed when read from 18 on")
    with exactly() as told:
        meter = Meter.objects.create(watts=40)
        meter.watts = 60
        meter.save()
        meter.delete()

    assert [event.after or event.before for event in told] == [
        {"id": str(told[0].after["id"]), "watts": "40"},
        {"watts": "60"},
        {"id": str(told[0].after["id"]), "watts": "60"},
    ]


def test_the_null_of_json_by_its_name_is_told():
    """Django has a name for it now."""
    with exactly() as told:
        Curio.objects.create(document=JSONNull())
        Curio.objects.update(document=None)

    assert told[1].before == {"document": '{"backstory:json":null}'}
