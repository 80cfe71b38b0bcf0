"""Every way to write is captured: one outbox row a statement."""

import pytest
from shop.models import Company

pytestmark = pytest.mark.django_db


def test_save_of_a_new_object_is_an_insert(captured):
    """The plainest write: one row after, none before."""
    company = Company.objects.create(name="Acme")

    (row,) = captured()

    assert (row.kind, row.name, row.old_count, row.new_count) == ("insert", "shop.Company", 0, 1)
    assert row.new == [{"id": company.pk, "name": "Acme", "void_id": None}]


def test_update_has_both_images(captured):
    """Old and new in the same order, so that the relay can compare them."""
    company = Company.objects.create(name="Acme")
    captured()
    company.name = "Bolt"
    company.save()

    (row,) = captured()

    was = {"id": company.pk, "name": "Acme", "void_id": None}
    assert row.images == [(was, {**was, "name": "Bolt"})]
