"""What a queryset sees by itself: live rows; and what a stale object cannot do."""

import uuid

import pytest
from registry.models import Access, Angel, Certificate, Company, Person

from django_base.deletion.marking import deleting

pytestmark = pytest.mark.django_db


def void(*objects):
    """Set the flag as a deletion does."""
    for each in objects:
        owner, deletion = each._meta.get_field("void_id").model, uuid.uuid4()
        with deleting(deletion):
            owner._base_manager.filter(pk=each.pk).update(void_id=deletion)


def test_a_void_row_is_not_seen():
    """By no way to ask a manager."""
    live, gone = (Company.objects.create(name=name) for name in ("Acme", "Bolt"))
    void(gone)

    assert list(Company.objects.all()) == [live]
    assert Company.objects.count() == 1
    assert not Company.objects.filter(pk=gone.pk).exists()
    assert list(Company.objects.in_bulk()) == [live.pk]
    assert Company.objects.latest("pk") == live


def test_a_void_row_is_seen_when_it_is_asked_for():
    """At any place of a chain."""
    live, gone = (Company.objects.create(name=name) for name in ("Acme", "Bolt"))
    void(gone)

    for queryset in (
        Company.objects.all_objects_including_void().order_by("pk"),
        Company.objects.filter(pk__gt=0).order_by("pk").all_objects_including_void(),
    ):
        assert list(queryset) == [live, gone]
    assert [each.is_void for each in queryset] == [False, True]


def test_a_child_has_the_flag_of_its_parent():
    """A row of three tables is one row."""
    angel = Angel.objects.create(name="Ann", fund="Cloud")
    assert Angel.objects.count() == 1
    void(angel)

    assert (Angel.objects.count(), Person.objects.count()) == (0, 0)
    assert Angel.objects.all_objects_including_void().get().is_void


def test_a_model_can_opt_out():
    """A log has no flag, and its queryset no condition."""
    assert "void_id" not in str(Access.objects.all().query)
    assert not Access(path="/").is_void
    assert Access.objects.all_objects_including_void().count() == 0


def test_saving_a_stale_object_leaves_the_flag_alone():
    """It was loaded while the row was live, and knows nothing of its deletion."""
    company = Company.objects.create(name="Acme")
    void(company)
    company.name = "Bolt"
    company.save()

    assert not Company.objects.exists()
    company.refresh_from_db()
    assert (company.name, company.is_void) == ("Bolt", True)


def test_a_copy_of_a_void_object_is_live():
    """Django's way to copy an object is to take its key away."""
    company = Company.objects.create(name="Acme")
    void(company)
    company.refresh_from_db()
    company.pk, company._state.adding = None, True
    company.save()

    assert list(Company.objects.all()) == [company]
    assert not company.is_void


def test_querysets_that_see_different_rows_are_not_combined():
    """Which of both would the result see?"""
    seen = Company.objects.all_objects_including_void()
    with pytest.raises(TypeError, match="includes void rows"):
        seen | Company.objects.all()
    assert (seen | seen.filter(name="Acme")).count() == Certificate.objects.count() == 0
