"""Nothing is written into another entity, and no object leaves its own."""

import pytest
from django.db import transaction
from django.db.models import F
from estate.models import Court, Firm, Folder, Paper

from django_base.entities import EntityChanged, EntityMismatch, across_entities, bind_entity


@pytest.fixture
def second(own):
    return Folder.objects.create(firm=own.firm, number="own-2")


def test_an_object_of_the_bound_entity_is_written(own, second):
    """The way through: created, pointed elsewhere within the entity, changed in bulk."""
    with bind_entity(own.firm):
        paper = Paper.objects.create(folder=own.folder)
        paper.folder = second
        paper.save()
        paper.folder = own.folder
        Paper.objects.bulk_update([paper], ["folder"])
        Paper.objects.filter(pk=paper.pk).update(folder=second, title="x")
        Paper.objects.bulk_create([Paper(folder=own.folder), Paper(folder=second)])
        Folder.objects.filter(pk=second.pk).update(firm=own.firm)

    paper.refresh_from_db()
    assert (paper.folder, paper.title) == (second, "x")


FOREIGN = {
    "create": lambda own, other: Paper.objects.create(folder=other.folder),
    "create_key": lambda own, other: Paper.objects.create(folder_id=other.folder.pk),
    "entity": lambda own, other: Folder.objects.create(firm=other.firm),
    "no_entity": lambda own, other: Folder.objects.create(firm_id=None),
    "save": lambda own, other: other.paper.save(),
    "save_field": lambda own, other: other.paper.save(update_fields=["title"]),
    "save_deferred": lambda own, other: Paper.objects.only("title").get(pk=other.paper.pk).save(),
    "bulk_create": lambda own, other: Paper.objects.bulk_create(
        [Paper(folder=own.folder), Paper(folder=other.folder)]
    ),
    "bulk_update": lambda own, other: Paper.objects.bulk_update([other.paper], ["title"]),
    "update": lambda own, other: Paper.objects.filter(pk=own.paper.pk).update(folder=other.folder),
    "update_key": lambda own, other: Paper.objects.filter(pk=own.paper.pk).update(
        folder_id=other.folder.pk
    ),
    "get_or_create": lambda own, other: Paper.objects.get_or_create(title="n", folder=other.folder),
    "reverse": lambda own, other: own.folder.papers.add(other.paper),
    "reverse_bulkless": lambda own, other: own.folder.papers.add(other.paper, bulk=False),
    "relation": lambda own, other: own.folder.readers.add(other.partner),
    "relation_reverse": lambda own, other: other.partner.readable.add(own.folder),
    "relation_set": lambda own, other: own.folder.readers.set([other.partner]),
    "another_entity": lambda own, other: Firm.objects.create(name="third"),
    "other_entity": lambda own, other: other.firm.save(),
}


@pytest.mark.parametrize("way", FOREIGN)
def test_what_is_of_another_entity_is_not_written(own, other, way):
    """By none of the ways that Django has."""
    refused = pytest.raises((EntityMismatch, EntityChanged))
    with bind_entity(own.firm), refused, transaction.atomic():
        FOREIGN[way](own, other)

    other.paper.refresh_from_db()
    assert (Paper.objects.count(), other.paper.folder_id) == (2, other.folder.pk)


def test_many_objects_are_checked_by_one_query_a_model(own, second, django_assert_num_queries):
    """However many they are."""
    papers = [Paper(folder=folder) for folder in (own.folder, second) * 50]

    with bind_entity(own.firm), django_assert_num_queries(2):
        Paper.objects.bulk_create(papers)


def test_what_is_nobodys_own_may_be_pointed_to(own):
    """A court is the same for all."""
    court = Court.objects.create(name="Supreme")

    with bind_entity(own.firm):
        own.folder.court = court
        own.folder.save()


MOVED = {
    "save": lambda own, other: setattr(own.folder, "firm", other.firm) or own.folder.save(),
    "save_field": lambda own, other: (
        setattr(own.folder, "firm", other.firm) or own.folder.save(update_fields=["firm"])
    ),
    "two_steps": lambda own, other: setattr(own.paper, "folder", other.folder) or own.paper.save(),
    "update": lambda own, other: Folder.objects.filter(pk=own.folder.pk).update(firm=other.firm),
    "expression": lambda own, other: Folder.objects.update(firm=F("firm") + 1),
    "bulk_update": lambda own, other: (
        setattr(own.folder, "firm", other.firm)
        or Folder.objects.bulk_update([own.folder], ["firm"])
    ),
    "overwrite": lambda own, other: Folder(pk=own.folder.pk, firm=other.firm).save(),
    "saved_expression": lambda own, other: (
        setattr(own.folder, "firm_id", F("firm_id") + 1) or own.folder.save()
    ),
}


@pytest.mark.parametrize("way", MOVED)
def test_an_object_never_leaves_its_entity(own, other, way):
    """Even where no entity is bound, or all are meant."""
    with pytest.raises(EntityChanged, match="estate"), transaction.atomic():
        MOVED[way](own, other)
    with across_entities(reason="a test"), pytest.raises(EntityChanged), transaction.atomic():
        MOVED[way](own, other)

    own.folder.refresh_from_db()
    own.paper.refresh_from_db()
    assert (own.folder.firm, own.paper.folder) == (own.firm, own.folder)


def test_a_save_that_moves_nothing_costs_no_query(own, django_assert_num_queries):
    """The condition stands in the UPDATE itself."""
    own.folder.number = "new"

    with django_assert_num_queries(1):
        own.folder.save()


UPSERTED = {
    "moved": lambda own, other: Folder(pk=own.folder.pk, firm=other.firm, number="x"),
    "foreign": lambda own, other: Folder(pk=other.folder.pk, firm=own.firm, number="x"),
}


@pytest.mark.parametrize("fields", [["number"], ["firm", "number"]])
@pytest.mark.parametrize("way", UPSERTED)
def test_an_insert_that_updates_keeps_to_the_entity_of_the_row(own, other, way, fields):
    """The row that is there already is not the one that was given."""
    said = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": fields}

    with pytest.raises(EntityChanged), transaction.atomic():
        Folder.objects.bulk_create([UPSERTED[way](own, other)], **said)
    Folder.objects.bulk_create([Folder(pk=own.folder.pk, firm=own.firm, number="y")], **said)

    own.folder.refresh_from_db()
    other.folder.refresh_from_db()
    assert (own.folder.firm, own.folder.number) == (own.firm, "y")
    assert (other.folder.firm, other.folder.number) == (other.firm, "other-1")
