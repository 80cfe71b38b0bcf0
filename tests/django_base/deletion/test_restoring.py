"""What comes back, and what is in the way."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.template import Context, Engine
from django.test.utils import CaptureQueriesContext, override_settings
from registry.models import (
    Access,
    Angel,
    Broker,
    Certificate,
    Company,
    Currency,
    Deal,
    Entry,
    Mark,
    Note,
    Person,
    Receipt,
    Room,
    Seal,
    Series,
    Ticket,
    Witness,
)
from vault.models import Folder, Safe

from django_base.deletion import RestoreConflict
from django_base.deletion.deletions import Deletion

from .physical import everything

pytestmark = pytest.mark.django_db


def a_company():
    """A company with dependents of several levels and kinds."""
    company = Company.objects.create(name="Acme")
    Series.objects.create(company=company)
    angel = Angel.objects.create(name="Ann", employer=company)
    Deal.objects.create(investor=angel)
    certificate = Certificate.objects.create(company=company, holder=angel)
    Seal.objects.create(certificate=certificate)
    Note.objects.create(about=certificate)
    Entry.objects.create(company=company, number=1)
    return company


WAYS = {
    "object": lambda company: company.restore(),
    "queryset": lambda company: Company.objects.filter(name="Acme").restore(),
    "deletion": lambda company: company.deletion.restore(),
}


@pytest.mark.parametrize("way", WAYS)
def test_all_comes_back_as_it_was(way):
    """Each row with each value; and the deletion says so."""
    company, before = a_company(), None
    before = everything()
    taken = company.delete()
    deletion = company.deletion

    assert WAYS[way](company) == taken

    assert everything() == before
    deletion.refresh_from_db()
    assert deletion.restored_at is not None
    assert WAYS["queryset"](company) == (0, {})


def test_only_what_that_deletion_took_comes_back():
    """A seal that was voided before stays void."""
    company = a_company()
    Seal.objects.get().delete()
    company.delete()
    company.restore()

    assert (Seal.objects.count(), Certificate.objects.count()) == (0, 1)
    assert not company.is_void


def test_a_part_comes_back_when_it_is_asked_for():
    """A child restored by itself brings what is below it; not what is beside it."""
    company = Company.objects.create(name="Acme")
    first, second = (Certificate.objects.create(company=company) for _ in range(2))
    for each in (first, second):
        Seal.objects.create(certificate=each)
    Certificate.objects.all().delete()
    first.refresh_from_db()
    deletion = first.deletion

    assert first.restore() == (2, {"registry.Certificate": 1, "registry.Seal": 1})
    assert (Certificate.objects.get(), Seal.objects.get().certificate) == (first, first)
    assert first.deletion is None
    deletion.refresh_from_db()
    assert deletion.restored_at is None


def test_a_void_ancestor_is_in_the_way():
    """It is named, and nothing comes back."""
    company = a_company()
    company.delete()
    certificate = Certificate.objects.all_objects_including_void().get()
    with pytest.raises(RestoreConflict, match="void: restore that first") as caught:
        certificate.restore()

    assert caught.value.reason == "ancestor void"
    assert caught.value.subject == f"registry.Company/{company.pk}"
    assert (caught.value.model, caught.value.fields) == (Certificate, ("company",))
    assert not Certificate.objects.exists()


def test_a_void_owner_by_a_generic_relation_is_in_the_way():
    """It took the note along; no foreign key says so."""
    company = Company.objects.create(name="Acme")
    note = Note.objects.create(about=company)
    company.delete()
    note.refresh_from_db()
    with pytest.raises(RestoreConflict) as caught:
        note.restore()

    assert caught.value.subject == f"registry.Company/{company.pk}"
    assert caught.value.fields == ("object_id",)
    company.restore()
    assert Note.objects.get() == note


def test_an_ancestor_voided_afterwards_is_in_the_way():
    """The void certificate did not protect its holder."""
    certificate = Certificate.objects.create(
        company=Company.objects.create(name="Acme"), holder=Person.objects.create(name="Ann")
    )
    certificate.delete()
    Person.objects.get().delete()
    with pytest.raises(RestoreConflict) as caught:
        certificate.restore()

    assert caught.value.fields == ("holder",)
    Person.objects.filter(name="Ann").restore()
    certificate.restore()
    assert Certificate.objects.get().holder.name == "Ann"


def test_a_live_row_with_the_unique_value_is_in_the_way():
    """It is named; what went with the row stays void with it."""
    safe = Safe.objects.create(name="north")
    Folder.objects.create(safe=safe, number="1")
    safe.delete()
    taken = Safe.objects.create(name="north")
    with pytest.raises(RestoreConflict, match="a live row") as caught:
        safe.restore()

    assert caught.value.reason == "unique value taken"
    assert caught.value.subject == f"vault.Safe/{taken.pk}"
    assert (caught.value.model, caught.value.fields) == (Safe, ("name",))
    assert list(Safe.objects.all()) == [taken]
    taken.delete()
    assert safe.restore()[0] == 2


def test_rows_of_several_deletions_come_back_together():
    """Parents first, whatever was voided first; all of them or none."""
    company = a_company()
    Certificate.objects.all().delete()
    company.delete()
    with pytest.raises(RestoreConflict):
        Certificate.objects.filter(company=company).restore()

    assert Company.objects.all().restore()[0] > 1
    assert Certificate.objects.all().restore() == (
        3,
        {"registry.Certificate": 1, "registry.Note": 1, "registry.Seal": 1},
    )


def test_rows_come_back_after_all_that_they_refer_to():
    """A witness is found by his person before the certificate is: in one deletion."""
    company = Company.objects.create(name="Acme")
    person = Person.objects.create(name="Ann", employer=company)
    certificate = Certificate.objects.create(company=company)
    Witness.objects.create(person=person, certificate=certificate)
    before = everything()
    company.delete()
    company.restore()

    assert everything() == before


def test_what_was_removed_for_good_does_not_come_back():
    """Its record is there to say so."""
    Company.objects.create(name="Acme").hard_delete()
    with pytest.raises(RestoreConflict, match="for good") as caught:
        Deletion.objects.latest("id").restore()

    assert caught.value.reason == "removed for good"


def test_a_template_can_neither_delete_nor_restore():
    """It does not call what alters data."""
    company = Company.objects.create(name="Acme")
    methods = ("delete", "restore", "hard_delete")
    text = "".join(f"{{{{ company.{n} }}}}{{{{ company.people.all.{n} }}}}" for n in methods)
    Engine().from_string(text).render(Context({"company": company}))

    assert Company.objects.count() == 1
    with pytest.raises(AttributeError):
        Company.objects.delete  # noqa: B018  (as in Django: of querysets only)


@pytest.mark.django_db(transaction=True)
def test_all_of_it_can_be_awaited():
    """Django's adelete, and ours."""
    company = Company.objects.create(name="Acme")

    async def there_and_back():
        await company.adelete()
        assert await Company.objects.acount() == 0
        await company.arestore()
        await Company.objects.all().adelete()
        await (await Deletion.objects.alatest("id")).arestore()
        return await Company.objects.acount()

    assert async_to_sync(there_and_back)() == 1


def test_severed_references_are_joined_again():
    """Those that nobody has set to something else since."""
    company = Company.objects.create(name="Acme")
    bob, eve = (Broker.objects.create(name=name) for name in ("Bob", "Eve"))
    kept, moved = (
        Certificate.objects.create(company=company, agent=bob, broker=bob, keeper=bob)
        for _ in range(2)
    )
    bob.delete()
    Certificate.objects.filter(pk=moved.pk).update(agent=eve)
    bob.restore()

    kept.refresh_from_db()
    moved.refresh_from_db()
    assert (kept.agent, kept.broker, kept.keeper) == (bob, bob, bob)
    assert (moved.agent, moved.broker, moved.keeper) == (eve, bob, bob)
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM backstory_severed")
        assert cursor.fetchall() == []


def test_references_to_rows_that_a_cascade_took_are_joined_again():
    """Those rows need not be read to be restored, if it were not for the references."""
    company = Company.objects.create(name="Acme")
    room = Room.objects.create(company=company)
    for owner in (None, company):
        Ticket.objects.create(company=owner, room=room)
    before = everything()
    company.delete()
    company.restore()

    assert everything() == before


def test_generic_rows_without_a_flag_stay_as_they_are():
    """They are left alone, as those of a foreign key are, and do not hinder the restoring."""
    ticket = Ticket.objects.create()
    Mark.objects.create(about=ticket)
    before = everything()

    assert ticket.delete() == (1, {"registry.Ticket": 1})
    assert Mark.objects.count() == 1
    ticket.restore()
    assert everything() == before


class ReadsElsewhere:
    """A router that has its reads done by another database."""

    def db_for_read(self, model, **hints):
        return "lite"

    def db_for_write(self, model, **hints):
        return "default"


@pytest.mark.django_db(databases=["default", "lite"])
@override_settings(DATABASE_ROUTERS=[ReadsElsewhere()])
def test_a_queryset_is_voided_and_restored_where_it_is_written():
    """Not on the replica that it would be read from."""
    company = Company.objects.create(name="Acme")

    assert Company.objects.filter(pk=company.pk).delete()[0] == 1
    assert not Company.objects.using("default").exists()
    assert Company.objects.filter(pk=company.pk).restore()[0] == 1


def test_of_a_model_without_a_flag_nothing_is_restored():
    """As of an object, so of a queryset."""
    assert Access.objects.all().restore() == Access(pk=1).restore() == (0, {})


def test_a_loose_reference_is_as_it_was():
    """Nothing was done to it."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    Receipt.objects.create(certificate=certificate)
    certificate.delete()
    certificate.restore()

    assert Receipt.objects.filter(certificate__company__name="Acme").count() == 1


def test_many_rows_come_back_with_as_many_queries_as_few():
    """And with no more than it took to void them."""

    def queries(roots):
        codes = (f"{roots}/{n}" for n in range(roots))
        currencies = Currency.objects.bulk_create(Currency(code=code) for code in codes)
        companies = Company.objects.bulk_create(
            Company(name="x", currency=each) for each in currencies for _ in range(10)
        )
        Entry.objects.bulk_create(Entry(company=each, number=n) for each in companies for n in "12")
        with CaptureQueriesContext(connection) as voiding:
            Currency.objects.filter(code__startswith=f"{roots}/").delete()
        deletion = Deletion.objects.latest("id")
        with CaptureQueriesContext(connection) as restoring:
            assert deletion.restore()[0] == roots * 31
        return len(voiding), len([q for q in restoring if "SAVEPOINT" not in q["sql"]])

    queries(1)
    few, many = queries(2), queries(40)
    assert few == many
    assert many[1] <= many[0]
