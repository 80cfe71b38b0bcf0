"""A reference gives the row it names; everything else passes void rows over."""

import pytest
from django.db.models import Prefetch, Q
from registry.models import (
    Certificate,
    Charter,
    Company,
    Memo,
    Mention,
    Person,
    Receipt,
    Seal,
    Tag,
    Ticket,
    Topic,
    Visit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone():
    """A void certificate of a live company."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"), shares=5)
    Receipt.objects.create(certificate=certificate, text="a")
    Memo.objects.create(certificate=certificate, text="a")
    certificate.delete()
    return certificate


QUERIES = {
    "plain": lambda model: model.objects.all(),
    "beside a filter across": lambda model: model.objects.filter(
        Q(certificate__shares=5) | Q(text="a")
    ),
    "beside an exclude across": lambda model: model.objects.exclude(certificate__shares=5),
    "ordered across": lambda model: model.objects.order_by("certificate__shares"),
    "prefetched": lambda model: model.objects.prefetch_related("certificate"),
}


@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("model", [Receipt, Memo])
def test_a_reference_gives_the_void_row(gone, model, query, selected):
    """With and without select_related, whatever else the query joins."""
    queryset = QUERIES[query](model)
    [kept] = queryset.select_related("certificate__company") if selected else queryset

    assert kept.certificate == gone
    assert kept.certificate.is_void
    assert kept.certificate.company.name == "Acme"


def test_a_filter_across_a_reference_does_not_match_a_void_row(gone):
    """Nor the negation of one that would not."""
    assert not Memo.objects.filter(certificate__shares=5).exists()
    assert not Memo.objects.filter(certificate__shares__lt=5).exists()
    included = Memo.objects.filter(certificate__shares=5).all_objects_including_void()
    assert included.count() == 1


def test_what_is_followed_can_be_locked():
    """A reference that is never NULL is an inner join, as it is without us."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    memo = Memo.objects.create(certificate=certificate)

    assert list(Memo.objects.select_related("certificate").select_for_update()) == [memo]


def test_following_a_join_that_a_filter_made_costs_none_of_its_own():
    """Where the cascade sees to it that no live row names a void one."""
    queryset = Certificate.objects.filter(company__name="Acme").select_related("company")

    assert str(queryset.query).count("JOIN") == 1


def test_the_other_side_of_a_one_to_one_is_a_live_row():
    """A seal is replaced: the old one is void, and not found."""
    certificate = Certificate.objects.create(company=Company.objects.create(name="Acme"))
    Seal.objects.create(certificate=certificate).delete()

    for found in (
        Certificate.objects.get(),
        Certificate.objects.select_related("seal").get(),
        Certificate.objects.prefetch_related("seal").get(),
    ):
        assert not hasattr(found, "seal")
    assert Certificate.objects.all_objects_including_void().select_related("seal").get().seal


def test_a_void_row_has_its_children_tables():
    """They are the same row, whatever a related accessor hides."""
    charter = Charter.objects.create(company=Company.objects.create(name="Acme"))
    charter.company.delete()

    assert not hasattr(Company.objects.all_objects_including_void().get(), "charter")
    assert Charter.objects.all_objects_including_void().get().company.is_void


def test_related_managers_see_live_rows_and_all_when_asked():
    """Of every kind; counted as they are listed."""
    company = Company.objects.create(name="Acme")
    certificate = Certificate.objects.create(company=company)
    tag, ann = Tag.objects.create(code="hot"), Person.objects.create(name="Ann")
    certificate.tags.add(tag)
    certificate.watchers.add(ann)
    certificate.witnesses.add(ann)
    certificate.notes.create(text="a").delete()
    tag.delete()
    ann.delete()

    for manager in (
        *(certificate.tags, certificate.watchers, certificate.notes),
        Company.objects.prefetch_related("certificates__tags").get().certificates.get().tags,
    ):
        assert (manager.count(), manager.exists(), len(manager.all())) == (0, False, 0)
        assert manager.all_objects_including_void().count() == 1
    assert certificate.witnesses.count() == 0
    assert certificate.witnesses.all_objects_including_void().count() == 1

    certificate.delete()
    seen = Prefetch("certificates", Certificate.objects.all_objects_including_void())
    assert len(Company.objects.prefetch_related("certificates").get().certificates.all()) == 0
    assert len(Company.objects.prefetch_related(seen).get().certificates.all()) == 1


def test_void_rows_join_nothing_to_somebody_elses_model():
    """Django counts the rows of the join table alone when the other side's manager is plain."""
    ticket = Ticket.objects.create()
    ticket.topics.add(Topic.objects.create())
    assert (ticket.topics.count(), ticket.topics.exists()) == (1, True)
    Mention.objects.all().delete()

    assert (ticket.topics.count(), ticket.topics.exists()) == (0, False)
    assert list(ticket.topics.all()) == []


def test_somebody_elses_model_sees_no_void_row_across_its_joins():
    """The query does not begin with ours; its reference is followed all the same."""
    company = Company.objects.create(name="Acme")
    Visit.objects.create(company=company)
    company.delete()

    assert not Visit.objects.filter(company__name="Acme").exists()
    assert Visit.objects.get().company == Visit.objects.select_related("company").get().company


def test_what_exclude_looks_at_is_seen_when_it_is_asked_for():
    """The subquery it becomes sees what the query sees, asked for before or after."""
    company = Company.objects.create(name="Acme")
    Certificate.objects.create(company=company, shares=5).delete()
    live = Company.objects.exclude(certificates__shares=5)

    assert list(live) == [company]
    assert list(live.all_objects_including_void()) == []
    every = Company.objects.all_objects_including_void()
    assert list(every.exclude(certificates__shares=5)) == []


def test_what_of_django_hiding_stands_on_is_there():
    """A release that changes it must be met here, not in somebody's list."""
    query = Certificate.objects.filter(
        company__name="Acme", tags__code="hot", notes__text="a"
    ).query
    joins = [each for each in query.alias_map.values() if each.join_type]

    assert {type(each).__name__ for each in joins} == {"HidingJoin"}
    assert str(query).count('void_id" IS NULL') == 3
    assert str(query).count('void_id" IS NOT NULL') == 1  # the tag's, whose own join is trimmed
    assert str(Company.objects.exclude(certificates__shares=5).query).count("IS NULL") == 2
