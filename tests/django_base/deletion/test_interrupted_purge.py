"""What happens while a purge is at work: it is killed, or somebody places a hold."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from shop.models import Certificate, Company

from django_base.deletion.deletions import Deletion
from django_base.deletion.holds import place_hold
from django_base.deletion.purging import Progress, Purge
from django_base.deletion.retention import Retention
from tests.django_base.processes import begin

pytestmark = pytest.mark.django_db(transaction=True)

BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
PURGE = (
    "backstory_purge",
    "--older-than",
    "90d",
    "--model",
    "shop.Company",
    "--batch",
    "1",
    "--skip-checks",
)


@pytest.fixture
def companies():
    """Three companies with a certificate each, void for a hundred days."""
    made = [Company.objects.create(name=name) for name in "abc"]
    for each in made:
        Certificate.objects.create(company=each)
    Company.objects.all().delete()
    Deletion.objects.update(at=timezone.now() - timedelta(days=100))
    return made


def test_a_purge_that_is_killed_is_run_again(companies, raw, captured):
    """What its batches removed is gone; the batch it was in is as it was; no row goes twice."""
    captured()
    with transaction.atomic():
        Certificate._base_manager.select_for_update().get(company=companies[2])
        process = begin(*PURGE)
        while process.poll() is None and raw.execute(BLOCKED).fetchone() == (0,):
            pass
        process.kill()
        assert process.wait() == -9
        assert [each.name for each in Company._base_manager.all()] == ["c"]
        assert Certificate._base_manager.count() == 1

    call_command(*PURGE)

    assert not Company._base_manager.exists()
    removed = [each for each in captured() if each.kind == "delete"]
    told = {
        name: sum(r.old_count for r in removed if r.name == name)
        for name in ("shop.Company", "shop.Certificate")
    }
    assert told == {"shop.Company": 3, "shop.Certificate": 3}
    assert Deletion.objects.filter(kind="hard").count() == 3


def a_purge():
    """A purge of companies, one a batch."""
    return Purge("default", Retention.of("90d"), timezone.now(), batch=1, only=("shop.Company",))


def test_a_hold_placed_during_a_purge_holds_from_the_next_batch_on(companies):
    """It is looked for in each batch anew."""
    batches = a_purge().run()
    next(batches)
    place_hold("subject", companies[2], by="counsel", reason="lawsuit 7")

    assert list(batches) == [
        Progress(model="shop.Company", purged=1, kept=0),
        Progress(model="shop.Company", purged=0, kept=1),
    ]
    assert [each.name for each in Company._base_manager.all()] == ["c"]


def test_a_hold_and_a_batch_wait_for_each_other(companies, raw):
    """Who has placed one knows that nothing of it goes afterwards."""
    place = (
        "INSERT INTO backstory_hold (id, kind, target, placed_by, reason)"
        " VALUES (gen_random_uuid(), 'subject', 'shop.Company/1', 'counsel', 'lawsuit 7')"
    )
    raw.execute("SET lock_timeout = '1ms'")
    with transaction.atomic():
        a_purge()._holds()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            raw.execute(place)
    raw.execute(place)
