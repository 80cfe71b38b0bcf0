"""Upserts and get_or_create against void rows: never a hidden write."""

import pytest
from django.db import IntegrityError, NotSupportedError, transaction
from registry.models import Currency
from vault.models import Safe

pytestmark = pytest.mark.django_db
ON_CODE = {"update_conflicts": True, "unique_fields": ["code"], "update_fields": ["code"]}


def test_upsert_cannot_aim_at_what_is_unique_among_live_rows():
    """PostgreSQL has no ON CONFLICT (column) for a partial index: said in words."""
    with pytest.raises(NotSupportedError, match=r"update_or_create"):
        Safe.objects.bulk_create(
            [Safe(name="north")],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["name"],
        )


def test_upsert_updates_a_live_row():
    """As Django does."""
    made = Currency.objects.create(code="EUR")

    Currency.objects.bulk_create([Currency(code="EUR"), Currency(code="USD")], **ON_CODE)

    assert Currency.objects.get(code="EUR").pk == made.pk
    assert Currency.objects.count() == 2


def test_upsert_against_a_void_row_is_refused():
    """It would write to what nobody sees, or bring it back by accident."""
    Currency.objects.create(code="EUR").delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        Currency.objects.bulk_create([Currency(code="USD"), Currency(code="EUR")], **ON_CODE)

    assert Currency.objects.count() == 0
    assert Currency.objects.all_objects_including_void().get().void_id is not None


def test_ignored_conflict_is_ignored_with_a_void_row_as_well():
    """Nothing is written, which is what was asked for."""
    Currency.objects.create(code="EUR").delete()

    Currency.objects.bulk_create([Currency(code="EUR")], ignore_conflicts=True)

    assert Currency.objects.count() == 0


@pytest.mark.parametrize("method", ["get_or_create", "update_or_create"])
def test_creating_what_a_void_row_holds_is_refused(method):
    """Of a value that is unique among all rows; the void row is left alone."""
    Currency.objects.create(code="EUR").delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        getattr(Currency.objects, method)(code="EUR")

    assert Currency.objects.all_objects_including_void().get().void_id is not None
