"""Statements of a deletion carry its mark, and those of others do not."""

from uuid import UUID

import pytest
from django.db import connection
from shop.models import Certificate, Company

from django_base import bind_context
from django_base.deletion.marking import deleting
from schemas import DeletionMark, context_from_comment, mark_from_comment

DELETION = UUID("0199b2d4-0000-7000-8000-000000000001")
OTHER = UUID("0199b2d4-0000-7000-8000-000000000002")


@pytest.fixture
def told(captured):
    """Gives mark and reason of each statement captured since the last call."""
    return lambda: [
        (mark_from_comment(row.context or ""), context_from_comment(row.context or "").reason)
        for row in captured()
    ]


def test_mark_stands_before_the_context(told):
    """Who and why come with it, however parameters are bound."""
    with bind_context(reason="50%"), deleting(DELETION):
        Company.objects.create(name="50%")
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO shop_company (name) VALUES ('51%')")

    assert told() == [(DeletionMark(str(DELETION)), "50%")] * 2


def test_innermost_mark_holds_and_goes_with_its_block(told):
    """A hard deletion inside another is its own; after both there is none."""
    with deleting(DELETION):
        with deleting(OTHER, hard=True):
            Company.objects.create(name="inner")
        Company.objects.create(name="outer")
    Company.objects.create(name="after")

    marks = [DeletionMark(str(OTHER), hard=True), DeletionMark(str(DELETION)), None]
    assert told() == [(mark, "") for mark in marks]


def test_context_bound_inside_is_not_marked(told):
    """A receiver's action in the midst of a deletion is no part of it."""
    with deleting(DELETION), bind_context(reason="an aside"):
        Company.objects.create(name="aside")

    assert told() == [(None, "an aside")]


def test_columns_that_led_to_the_rows_are_named(told):
    """An event can then tell which row took this one, without a query."""
    with deleting(DELETION, through=[Certificate._meta.get_field("company")]):
        Company.objects.create(name="x")

    [(mark, _)] = told()
    assert mark.through == (("company_id", "shop.Company"),)
