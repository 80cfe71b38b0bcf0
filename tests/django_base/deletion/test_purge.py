"""What is removed for good, what is kept, and who can keep it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import ProtectedError
from django.utils import timezone
from registry.models import (
    Access,
    Broker,
    Certificate,
    Company,
    Entry,
    Memo,
    Person,
    Receipt,
    Series,
)

from django_base import bind_context
from django_base.deletion.deletions import Deletion
from django_base.deletion.holds import Hold, HoldRefused, place_hold, release_hold
from django_base.deletion.retention import Retention
from schemas import ConfigurationError

pytestmark = pytest.mark.django_db

LATER = timezone.now() + timedelta(days=100)


def purge(capsys, **options):
    """Purge as of a hundred days later; return what it said in the end."""
    call_command("backstory_purge", older_than="90d", now=LATER, **options)
    return capsys.readouterr().out.splitlines()[-1]


def rows():
    """Return how many rows there are, void ones too."""
    return [each._base_manager.count() for each in (Company, Person, Certificate)]


@pytest.fixture
def family(db):
    """A void company with a person and a certificate, and a live one."""
    company = Company.objects.create(name="Acme")
    Person.objects.create(name="Ann", employer=company)
    certificate = Certificate.objects.create(company=company)
    Access.objects.create(certificate=certificate)
    with bind_context(reason="wound up"):
        company.delete()
    Company.objects.create(name="Other")
    return company


def test_hard_deletion_takes_dependents_void_or_not(family):
    """A row that is gone cannot be referred to, by whomever."""
    family.hard_delete()

    assert rows() == [1, 0, 0]
    assert Deletion.objects.filter(kind="hard").get().roots["count"] == 1


def test_hard_deletion_respects_what_protects():
    """As Django does: before anything was removed."""
    company = Company.objects.create(name="Acme")
    series = Series.objects.create(company=company, name="A")
    Certificate.objects.create(company=company, series=series)

    with pytest.raises(ProtectedError):
        Series.objects.all().hard_delete()
    assert Series.objects.exists()
    assert not Deletion.objects.exists()


def test_hard_deletion_of_a_queryset_takes_its_rows_only(family):
    """What it does not show stays, unless void rows are included."""
    assert Company.objects.filter(name="Acme").hard_delete() == (0, {})

    Company.objects.all_objects_including_void().filter(name="Acme").hard_delete()
    assert rows() == [1, 0, 0]


def test_queryset_with_joins_and_composite_keys_is_removed(family):
    """Its rows are locked, and no row of a joined table with them."""
    company = Company.objects.get()
    Entry.objects.create(company=company, number=1)

    Entry.objects.filter(company__currency=None).select_related("company").hard_delete()

    assert not Entry._base_manager.exists()
    assert rows() == [2, 1, 1]


def test_purge_removes_what_was_void_for_long_enough(family, capsys):
    """Live rows and young ones stay."""
    call_command("backstory_purge", older_than="90d")
    assert rows() == [2, 1, 1]

    assert purge(capsys).startswith("3 rows purged; 0 kept")
    assert rows() == [1, 0, 0]
    assert not Access.objects.exists()
    assert purge(capsys).startswith("0 rows purged")


def test_dry_run_says_the_same_and_removes_nothing(family, capsys):
    """It goes through the very same steps."""
    assert purge(capsys, dry_run=True).startswith("3 rows would be purged; 0 kept")
    assert rows() == [2, 1, 1]


def test_each_row_leaves_its_event(family, captured_events, capsys):
    """With the deletion of its batch, and why."""
    before = len(captured_events())
    purge(capsys)

    events = [each for each in captured_events()[before:] if each.type == "model.deleted"]
    assert len(events) == 4
    assert {each.context.reason for each in events} == {"retention is over"}
    ids = {each.payload.deletion for each in events}
    assert ids == {str(each.pk) for each in Deletion.objects.filter(kind="hard")}


@pytest.mark.parametrize("kind", ["subject", "entity", "deletion"])
def test_hold_keeps_its_rows_and_what_they_need(family, capsys, kind):
    """A held certificate is nothing without its company; nobody holds the person."""
    certificate = Certificate._base_manager.get()
    target = {"subject": certificate, "entity": certificate, "deletion": family.deletion}[kind]
    hold = place_hold(kind, target, by="counsel", reason="lawsuit 7")

    assert "kept" in purge(capsys)
    assert rows() == ([2, 1, 1] if kind == "deletion" else [2, 0, 1])

    release_hold(hold.pk, by="counsel", reason="settled")
    purge(capsys)
    assert rows() == [1, 0, 0]
    assert Hold.objects.get().release_reason == "settled"


def test_retention_of_a_model_wins_where_it_is_longer(family, capsys, monkeypatch):
    """What depends on it is not kept by that; what it needs is."""
    options = type("Backstory", (), {"keep": "7 years"})
    monkeypatch.setattr(Certificate, "Backstory", options, raising=False)
    purge(capsys)

    assert rows() == [2, 0, 1]


def test_row_that_something_live_refers_to_is_kept(family, capsys):
    """An exception to the cascade left it there: purging the certificate would take the memo."""
    memo = Memo.objects.create(certificate=Certificate._base_manager.get())
    purge(capsys)

    assert rows() == [2, 0, 1]
    assert memo.pk


@pytest.mark.parametrize("checked", [True, False])
def test_reference_that_nobody_cares_for_keeps_what_the_database_keeps(
    capsys, monkeypatch, checked
):
    """DO_NOTHING is for the foreign key to judge; a dry run knows whether there is one."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    receipt = Receipt.objects.create(certificate=certificate)
    certificate.company.delete()
    if checked:
        monkeypatch.setattr(Receipt._meta.get_field("certificate"), "db_constraint", True)
        with connection.cursor() as cursor:
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE registry_receipt ADD FOREIGN KEY"
                " (certificate_id) REFERENCES registry_certificate DEFERRABLE INITIALLY DEFERRED"
            )
    for dry_run, verb in [(True, "would be purged"), (False, "purged")]:
        number, kept = (0, 2) if checked else (2, 0)
        assert purge(capsys, dry_run=dry_run).startswith(f"{number} rows {verb}; {kept} kept")

    assert Receipt.objects.get().certificate_id == certificate.pk
    receipt.delete()
    assert purge(capsys).startswith("3" if checked else "1")


def test_row_of_a_younger_deletion_keeps_what_it_needs(family, capsys):
    """It may still be restored, and then needs the other."""
    Person._base_manager.update(employer=None)
    broker = Broker.objects.create(name="b")
    broker.delete()
    Deletion.objects.filter(pk=broker.void_id).update(at=LATER)
    purge(capsys)

    assert Broker._base_manager.exists()


def test_purge_goes_on_in_batches_past_what_is_kept(capsys):
    """One row that is held among many costs a few queries more, not the batch."""
    companies = Company.objects.bulk_create([Company(name=str(n)) for n in range(20)])
    Company.objects.all().delete()
    place_hold("subject", companies[7], by="counsel", reason="lawsuit 7")

    assert purge(capsys, batch=6).startswith("19 rows purged; 1 kept")
    assert [each.name for each in Company._base_manager.all()] == ["7"]


@pytest.mark.parametrize(
    "option", [{"model": ["registry.Nobody"]}, {"batch": 0}, {"model": ["registry.Investor"]}]
)
def test_what_would_purge_nothing_is_refused(option, capsys):
    """A misspelt name is no success."""
    with pytest.raises(CommandError):
        purge(capsys, **option)


def test_hold_says_who_and_why():
    """A hold nobody can explain is never released, and one on nothing holds nothing."""
    for kind, target, by, reason in [
        ("subject", "registry.Company/1", "", "x"),
        ("subject", "registry.Company/1", "x", " "),
        ("subject", "Company 1", "x", "x"),
        ("subject", "registry.Compny/1", "x", "x"),
        ("entity", "registry.company/1", "x", "x"),
        ("subject", "registry.PersonProxy/1", "x", "x"),
        ("subject", "registry.Company/one", "x", "x"),
        ("subject", "registry.Tag/hash:0123", "x", "x"),
        ("deletion", "registry.Company/1", "x", "x"),
        ("row", "registry.Company/1", "x", "x"),
    ]:
        with pytest.raises(HoldRefused):
            place_hold(kind, target, by=by, reason=reason)
    call_command("backstory_hold", "place", "subject", "registry.Company/1", by="c", reason="l")
    with pytest.raises(CommandError, match="no hold"):
        call_command("backstory_hold", "release", "0" * 32, by="c", reason="l")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("90d", datetime(2023, 12, 1, tzinfo=UTC)),
        ("1 month", datetime(2024, 1, 29, tzinfo=UTC)),
        ("1 year", datetime(2023, 2, 28, tzinfo=UTC)),
        ("forever", None),
        ("9999 years", None),
    ],
)
def test_retention_counts_by_the_calendar(text, before):
    """Seven years are seven years, leap days or not."""
    now = datetime(2024, 2, 29, tzinfo=UTC)

    assert Retention.of(text).before(now) == before


@pytest.mark.parametrize("text", ["", "7", "-1 days", "7 years ago"])
def test_unclear_retention_is_refused(text):
    """Nobody wants to learn afterwards what it meant."""
    with pytest.raises(ConfigurationError):
        Retention.of(text)
