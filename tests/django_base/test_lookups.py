"""Asking who it is, in the middle of somebody's transaction, breaks nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from shop.models import Company

from schemas import context_from_comment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor():
    """A browser that is logged in."""
    browser = Client(raise_request_exception=False)
    browser.force_login(get_user_model().objects.create_user("ann"))
    return browser


@pytest.mark.parametrize("missing", ["django_session", "auth_user"])
def test_a_lookup_that_fails_leaves_the_transaction_whole(visitor, captured, raw, missing):
    """PostgreSQL refuses every statement after one that failed, unless it was in a savepoint."""
    raw.execute(f"ALTER TABLE {missing} RENAME TO away")
    try:
        response = visitor.get("/add/atomically/a/")
    finally:
        raw.execute(f"ALTER TABLE away RENAME TO {missing}")

    assert response.status_code == 200
    (row,) = (row for row in captured() if row.name == "shop.Company")
    context = context_from_comment(row.context)
    assert (context.actor, context.origin) == (None, "web")
    assert Company.objects.get().name == "a"


def test_a_lookup_inside_a_transaction_finds_the_user(visitor, captured):
    """Once; what it found is kept for the writes that follow."""
    visitor.get("/add/atomically/a/")

    (row,) = (row for row in captured() if row.name == "shop.Company")
    assert context_from_comment(row.context).actor.username == "ann"


def test_a_broken_transaction_stays_broken(visitor, captured):
    """It is Django's to say so, not for us to mend."""
    assert visitor.get("/add/brokenly/a/").status_code == 500
    assert not Company.objects.exists()
    assert not transaction.get_connection().in_atomic_block
