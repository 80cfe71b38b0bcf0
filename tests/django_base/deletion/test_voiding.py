"""What a deletion takes, refuses and leaves alone."""

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.db.models import Count, ProtectedError, RestrictedError
from django.db.models.signals import post_delete, pre_delete
from django.test.utils import CaptureQueriesContext
from registry.models import (
    HOUSE,
    Access,
    Angel,
    Broker,
    Certificate,
    Charter,
    Company,
    Currency,
    Deal,
    Entry,
    Investor,
    Memo,
    Note,
    Person,
    PersonProxy,
    Receipt,
    Seal,
    Series,
    Tag,
    Visit,
    Watch,
    Witness,
)

pytestmark = pytest.mark.django_db


def every(model):
    return model.objects.all_objects_including_void()


def test_a_deleted_object_is_void_and_keeps_its_key():
    """Its row is there, and says which deletion took it."""
    company = Company.objects.create(name="Acme")
    key = company.pk

    assert company.delete() == (1, {"registry.Company": 1})

    assert (company.pk, company.is_void) == (key, True)
    found = every(Company).get()
    assert found.void_id == company.void_id
    assert found.deletion.roots == {"subjects": [f"registry.Company/{key}"], "count": 1}
    assert found.deletion.kind == "void"


def test_the_cascade_is_one_deletion():
    """Children and grandchildren, keys of every shape, generic relations, join tables' rows not."""
    company = Company.objects.create(name="Acme", currency=Currency.objects.create(code="EUR"))
    certificate = Certificate.objects.create(company=company)
    Seal.objects.create(certificate=certificate)
    Charter.objects.create(company=company)
    Entry.objects.create(company=company, number=1)
    Note.objects.create(about=certificate)
    certificate.tags.add(Tag.objects.create(code="hot"))
    person = Person.objects.create(name="Ann")
    Witness.objects.create(certificate=certificate, person=person)
    Watch.objects.create(certificate=certificate, person=person)
    Access.objects.create(certificate=certificate)
    Visit.objects.create(company=company)

    count, counts = Currency.objects.all().delete()

    taken = (Currency, Company, Certificate, Seal, Charter, Entry, Note, Witness)
    assert counts == {model._meta.label: 1 for model in taken}
    assert count == len(taken)
    assert len({every(model).get().void_id for model in taken}) == 1
    assert Certificate.tags.through.objects.count() == Watch.objects.count() == 1
    assert Access.objects.count() == Visit.objects.count() == 1
    assert not any(each.is_void for each in (person, *Tag.objects.all()))


def test_a_row_of_several_tables_goes_whole():
    """With what depends on any of its tables; its parent and its child are the same row."""
    angel = Angel.objects.create(name="Ann", fund="Cloud")
    Deal.objects.create(investor=angel)
    Witness.objects.create(
        person=angel, certificate=Certificate.objects.create(company=Company.objects.create())
    )

    _, counts = PersonProxy.objects.get().delete()

    names = ("Person", "Angel", "Deal", "Investor", "Witness")
    assert counts == {f"registry.{name}": 1 for name in names}
    assert len({every(model).get().void_id for model in (Person, Angel, Deal, Witness)}) == 1


@pytest.mark.parametrize("what", ["series", "holder"])
def test_a_protected_row_stays_with_all_others(what):
    """PROTECT and RESTRICT refuse before anything has changed; a transaction goes on."""
    company = Company.objects.create(name="Acme")
    series = Series.objects.create(company=company)
    holder = Person.objects.create(name="Ann")
    other = Company.objects.create(name="Bolt")
    Certificate.objects.create(company=other, series=series, holder=holder)
    with (
        transaction.atomic(),
        CaptureQueriesContext(connection) as queries,
        pytest.raises((ProtectedError, RestrictedError)),
    ):
        (company if what == "series" else holder).delete()

    assert not [
        each for each in queries if "SELECT" not in each["sql"] and "SAVEPOINT" not in each["sql"]
    ]
    assert Company.objects.count() == 2
    assert not company.is_void


def test_a_void_row_protects_nothing():
    """It is gone."""
    company = Company.objects.create(name="Acme")
    holder = Person.objects.create(name="Ann")
    Certificate.objects.create(company=company, holder=holder).delete()

    assert holder.delete() == (1, {"registry.Person": 1})


def test_a_restricted_row_goes_when_its_own_cascade_takes_it():
    """RESTRICT looks at the whole of what is taken, as Django's does."""
    company = Company.objects.create(name="Acme")
    holder = Person.objects.create(name="Ann", employer=company)
    Certificate.objects.create(company=company, holder=holder)

    _, counts = company.delete()

    assert counts == {f"registry.{name}": 1 for name in ("Company", "Person", "Certificate")}


def test_references_are_set_as_on_delete_says():
    """SET_NULL, SET_DEFAULT and SET of the rows that stay."""
    company = Company.objects.create(name="Acme")
    broker = Broker.objects.create(name="Bob")
    certificate = Certificate.objects.create(
        company=company, agent=broker, broker=broker, keeper=broker
    )
    untouched = Certificate.objects.create(company=company)

    assert broker.delete() == (1, {"registry.Broker": 1})

    certificate.refresh_from_db()
    assert (certificate.agent, certificate.broker) == (None, None)
    assert certificate.keeper.name == HOUSE
    untouched.refresh_from_db()
    assert untouched.keeper is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name, key, old_value FROM backstory_severed ORDER BY 1")
        key, old = f'["{certificate.pk}"]', str(broker.pk)
        assert cursor.fetchall() == [(f"{n}_id", key, old) for n in ("agent", "broker", "keeper")]


def test_a_row_that_takes_the_place_of_others_cannot_go_while_it_does():
    """As its foreign key says of a row that is gone: nothing refers to what is not there."""
    house = Broker.objects.create(name=HOUSE)
    Certificate.objects.create(company=Company.objects.create(name="Acme"), keeper=house)

    with (
        pytest.raises(IntegrityError, match="make on_delete give another row"),
        transaction.atomic(),
    ):
        house.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Broker.objects.all().delete()

    assert Broker.objects.get() == house


def test_a_reference_between_rows_that_go_together_is_kept():
    """They come back together."""
    company = Company.objects.create(name="Acme")
    first = Certificate.objects.create(company=company)
    second = Certificate.objects.create(company=company, replaced_by=first)

    company.delete()

    assert every(Certificate).get(pk=second.pk).replaced_by_id == first.pk


def test_exceptions_to_the_cascade_keep_row_and_reference():
    """DO_NOTHING and keep_when_void: the reference gives the void row."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    Receipt.objects.create(certificate=certificate)
    Memo.objects.create(certificate=certificate)

    certificate.delete()

    for kept in (Receipt.objects.get(), Memo.objects.get()):
        assert kept.certificate == certificate
        assert kept.certificate.is_void


def test_a_row_is_voided_once():
    """The second deletion finds nothing, and the record of the first stands."""
    company = Company.objects.create(name="Acme")
    again = Company.objects.get()
    company.delete()

    assert again.delete() == (0, {})
    assert Company.objects.filter(pk=company.pk).delete() == (0, {})
    assert every(Company).get().void_id == company.void_id


def test_rows_of_an_earlier_deletion_keep_theirs():
    """Restoring one brings back what that one took."""
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company)
    certificate.delete()
    company.delete()

    assert every(Certificate).get().void_id == certificate.void_id != company.void_id


def test_signals_are_sent_as_djangos_are():
    """For each object, also of a model whose rows would not be read otherwise."""
    company = Company.objects.create(name="Acme")
    Entry.objects.create(company=company, number=1)
    seen = []

    def see(sender, instance, signal, **_):
        seen.append((sender, "pre" if signal is pre_delete else "post"))

    for signal in (pre_delete, post_delete):
        signal.connect(see)
    try:
        company.delete()
    finally:
        for signal in (pre_delete, post_delete):
            signal.disconnect(see)

    assert sorted(seen, key=str) == sorted(
        [(model, when) for model in (Company, Entry) for when in ("pre", "post")], key=str
    )


def test_a_model_that_opted_out_is_really_deleted():
    """As Django does."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    access = Access.objects.create(certificate=certificate)
    access.delete()

    assert (access.pk, Access.objects.count()) == (None, 0)


def void_a_tree(roots):
    """Void some currencies with 10 companies each, with 3 entries each; return the queries."""
    codes = (f"{roots}/{n}" for n in range(roots))
    currencies = Currency.objects.bulk_create(Currency(code=code) for code in codes)
    companies = Company.objects.bulk_create(
        Company(name="x", currency=each) for each in currencies for _ in range(10)
    )
    Entry.objects.bulk_create(
        Entry(company=each, number=number) for each in companies for number in range(3)
    )
    with CaptureQueriesContext(connection) as queries:
        assert Currency.objects.all().delete()[0] == roots * 41
    return len(queries)


def test_many_rows_cost_as_many_queries_as_few():
    """Of three levels at most 15, of which some only look for what is not there."""
    void_a_tree(1)  # content types are looked up once

    assert void_a_tree(2) == void_a_tree(70) <= 15


@pytest.mark.django_db(databases=["default", "lite"])
def test_another_database_than_postgresql_is_refused_in_words():
    """There is no record of deletions on it, and no guard."""
    with pytest.raises(NotSupportedError, match="hard_delete"):
        Company(pk=1).delete(using="lite")
    with pytest.raises(NotSupportedError, match="'lite'"):
        Company.objects.using("lite").delete()


@pytest.mark.parametrize("how", ["delete", "hard_delete"])
def test_rows_are_chosen_by_any_condition(how):
    """By one on a group, too, and of rows that are told once."""
    Company.objects.create(name="Acme")
    alone = Company.objects.annotate(n=Count("people")).filter(n=0).distinct()

    assert getattr(alone, how)()[0] == 1
    assert not Company.objects.exists()


def test_what_cannot_be_voided_is_refused():
    """As Django refuses it; and a part of a row."""
    with pytest.raises(ValueError, match="no primary key"):
        Company().delete()
    with pytest.raises(ValueError, match="parents"):
        Investor.objects.create(name="Ann").delete(keep_parents=True)
    with pytest.raises(TypeError, match="limit"):
        Company.objects.all()[:1].delete()
    with pytest.raises(TypeError, match="values"):
        Company.objects.values("pk").delete()
