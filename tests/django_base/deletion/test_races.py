"""Two sessions at once: the second one waits, and then sees what the first one did."""

import threading

import pytest
from django.db import connection, transaction
from registry.models import Company, Entry, Person

from django_base import Deletion, RestoreConflict

pytestmark = pytest.mark.django_db(transaction=True)

_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"


class Session(threading.Thread):
    """Another session that does one thing; ``outcome`` is what came of it."""

    def __init__(self, work):
        super().__init__()
        self._work = work
        self.outcome = None
        self.start()

    def run(self):
        try:
            self.outcome = self._work()
        except RestoreConflict as error:
            self.outcome = error
        finally:
            connection.close()

    def wait_until_blocked(self, raw):
        while self.is_alive() and raw.execute(_BLOCKED).fetchone() == (0,):
            pass


def test_two_sessions_void_a_row_once(raw):
    """One record, one event; the second deletion took nothing."""
    company = Company.objects.create(name="Acme")
    again = Company.objects.get()
    with transaction.atomic():
        first = company.delete()
        other = Session(again.delete)
        other.wait_until_blocked(raw)
    other.join()

    assert (first, other.outcome) == ((1, {"registry.Company": 1}), (0, {}))
    named = [f"registry.Company/{company.pk}"]
    assert Deletion.objects.filter(roots__subjects=named).count() == 1


def test_a_child_that_is_being_inserted_is_voided_too(raw):
    """Voiding waits for its writer before it looks for dependents."""
    company = Company.objects.create(name="Acme")
    with transaction.atomic():
        Entry.objects.create(company=company, number=1)
        other = Session(Company.objects.get().delete)
        other.wait_until_blocked(raw)
    other.join()

    assert other.outcome == (2, {"registry.Company": 1, "registry.Entry": 1})
    assert not Entry.objects.exists()


def test_a_row_is_not_restored_under_a_parent_that_is_being_voided(raw):
    """Restoring waits for the voiding of what it refers to, and refuses then."""
    company = Company.objects.create(name="Acme")
    person = Person.objects.create(name="Ann", employer=company)
    person.delete()
    with transaction.atomic():
        company.delete()
        other = Session(person.restore)
        other.wait_until_blocked(raw)
    other.join()

    assert other.outcome.reason == "ancestor void"
    assert not Person.objects.exists()


def test_two_sessions_restore_a_row_once(raw):
    """The second one finds it live."""
    company = Company.objects.create(name="Acme")
    company.delete()
    again = Company.objects.all_objects_including_void().get()
    with transaction.atomic():
        first = company.restore()
        other = Session(again.restore)
        other.wait_until_blocked(raw)
    other.join()

    assert (first, other.outcome) == ((1, {"registry.Company": 1}), (0, {}))
