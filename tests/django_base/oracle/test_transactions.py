"""What commits is told, what rolls back is not: each test really commits."""

from contextlib import suppress

import pytest
from bazaar.models import Guild, Stall
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from .witness import exactly

pytestmark = pytest.mark.django_db(transaction=True)


class Mistake(Exception):  # noqa: N818
    """Something goes wrong in the application."""


def names(told):
    return [event.after["name"].strip('"') for event in told]


def test_what_rolls_back_is_not_told():
    """Neither a part nor the whole."""
    with exactly() as told, suppress(Mistake), transaction.atomic():
        Guild.objects.create(name="Weavers")
        Guild.objects.update(name="Dyers")
        raise Mistake

    assert told == []


def test_savepoints_decide_part_by_part():
    """A swallowed error takes back what its block wrote, and no more."""
    with exactly() as told, transaction.atomic():
        Guild.objects.create(name="kept")
        with suppress(Mistake), transaction.atomic():
            Guild.objects.create(name="lost")
            with transaction.atomic():
                Guild.objects.create(name="lost with it")
            raise Mistake
        with transaction.atomic():
            Guild.objects.create(name="kept too")
            with suppress(Mistake), transaction.atomic():
                Guild.objects.all().delete()
                raise Mistake

    assert names(told) == ["kept", "kept too"]


def test_a_savepoint_by_hand_is_no_different():
    """Rolled back to twice, and released."""
    with exactly() as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT mark")
        for name in ("a", "b"):
            Guild.objects.create(name=name)
            cursor.execute("ROLLBACK TO SAVEPOINT mark")
        Guild.objects.create(name="c")
        cursor.execute("RELEASE SAVEPOINT mark")

    assert names(told) == ["c"]


def test_an_error_of_the_database_takes_back_its_statement():
    """All rows of it, also those that were written before the bad one."""
    Guild.objects.create(name="Weavers")
    with exactly() as told, transaction.atomic():
        with suppress(IntegrityError), transaction.atomic():
            Guild.objects.bulk_create([Guild(name="Dyers"), Guild(name="Weavers")])
        with suppress(DatabaseError), transaction.atomic():
            Stall.objects.create(name="too long" * 20)
        Guild.objects.create(name="Fullers")

    assert names(told) == ["Fullers"]


def test_a_block_that_may_not_be_used_after_an_error_tells_nothing():
    """Django rolls the outer block back as well when the inner one has no savepoint."""
    with exactly() as told, suppress(transaction.TransactionManagementError), transaction.atomic():
        Guild.objects.create(name="Weavers")
        with suppress(Mistake), transaction.atomic(savepoint=False):
            raise Mistake
        Guild.objects.create(name="Dyers")

    assert told == []


def test_a_commit_that_fails_tells_nothing():
    """Deferred constraints are checked when all seems done."""
    stall = Stall.objects.create(name="Tea")
    with exactly() as told, suppress(IntegrityError), transaction.atomic():
        Stall.objects.filter(pk=stall.pk).update(guild=10**9)

    assert told == []


def test_writes_after_the_commit_are_told():
    """``on_commit`` runs when the transaction is over, in another one."""
    with exactly() as told:
        with transaction.atomic():
            Guild.objects.create(name="first")
            transaction.on_commit(lambda: Guild.objects.create(name="second"))
        with suppress(Mistake), transaction.atomic():
            transaction.on_commit(lambda: Guild.objects.create(name="never"))
            raise Mistake

    assert names(told) == ["first", "second"]


def test_each_statement_without_a_block_is_its_own_transaction():
    """Autocommit is Django's default."""
    with exactly() as told:
        Guild.objects.create(name="a")
        Guild.objects.update(name="b")
        with suppress(IntegrityError):
            Guild.objects.create(name="b")

    assert names(told) == ["a", "b"]


def test_a_procedure_that_commits_on_the_way_is_told(raw):
    """Some of its work stays when the rest is rolled back."""
    raw.execute(
        "CREATE PROCEDURE pg_temp.work() LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO bazaar_guild (name) VALUES ('a'); COMMIT;"
        " INSERT INTO bazaar_guild (name) VALUES ('b'); ROLLBACK;"
        " UPDATE bazaar_guild SET name = name || '!'; END $$"
    )
    with exactly() as told:
        raw.execute("CALL pg_temp.work()")

    assert names(told) == ["a", "a!"]


def test_work_of_another_session_is_told_beside_ours(raw):
    """Transactions overlap; each tells what it wrote."""
    Stall.objects.create(name="Tea")
    with exactly() as told:
        with transaction.atomic():
            Guild.objects.create(name="ours")
            raw.execute("INSERT INTO bazaar_guild (name) VALUES ('theirs')")
            raw.execute("UPDATE bazaar_stall SET amount = amount + 1")
        Stall.objects.update(amount=F("amount") + 1)

    assert len(told) == 4


def test_rows_set_by_hand_to_what_they_were_are_no_events():
    """Also when the connection was opened anew in between."""
    guild = Guild.objects.create(name="Weavers")
    connection.close()
    with exactly() as told:
        Guild.objects.filter(pk=guild.pk).update(name="Weavers")

    assert told == []
