"""What forms, formsets and serializers offer and accept: live rows, as if void ones were gone."""

import pytest
from django import forms
from django.contrib.contenttypes.forms import generic_inlineformset_factory
from rest_framework import serializers
from vault.models import Folder, Safe, Sticker

pytestmark = pytest.mark.django_db

NumberForm = forms.modelform_factory(Folder, fields=("safe", "number"))
FolderSet = forms.inlineformset_factory(Safe, Folder, fields=("number",), extra=0)
StickerSet = generic_inlineformset_factory(Sticker, fields=("text",), extra=0)


class FolderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Folder
        fields = ("safe", "number")


class SafeSerializer(serializers.ModelSerializer):
    folders = FolderSerializer(many=True, read_only=True)
    by_number = serializers.SlugRelatedField(
        slug_field="number", queryset=Folder.objects.all(), required=False, write_only=True
    )

    class Meta:
        model = Safe
        fields = ("name", "folders", "by_number")


@pytest.fixture
def live() -> Folder:
    return Folder.objects.create(safe=Safe.objects.create(name="live"), number="L")


@pytest.fixture
def void() -> Folder:
    """A folder that is void, with the safe it is in."""
    made = Folder.objects.create(safe=Safe.objects.create(name="void"), number="V")
    made.safe.delete()
    return Folder.objects.all_objects_including_void().get(pk=made.pk)


def test_choices_of_a_form_are_live_rows(live, void):
    """A void one is neither offered nor accepted."""
    form = NumberForm({"safe": void.safe_id, "number": "1"})

    assert list(form.fields["safe"].queryset) == [live.safe]
    assert form.errors.keys() == {"safe"}


def test_form_of_a_choice_that_includes_void_rows_accepts_them(void):
    """Where somebody asks for it."""
    field = forms.ModelChoiceField(Safe.objects.all_objects_including_void())

    assert field.clean(void.safe_id).pk == void.safe_id


def test_formset_shows_live_rows_and_voids_what_is_ticked(live):
    """It calls ``delete()``."""
    Folder.objects.create(safe=live.safe, number="gone").delete()
    assert [form.instance for form in FolderSet(instance=live.safe)] == [live]
    sent = FolderSet(
        {
            "folders-TOTAL_FORMS": "1",
            "folders-INITIAL_FORMS": "1",
            "folders-0-id": live.pk,
            "folders-0-number": "L",
            "folders-0-DELETE": "on",
        },
        instance=live.safe,
    )

    assert sent.is_valid()
    sent.save()

    assert Folder.objects.count() == 0
    assert Folder.objects.all_objects_including_void().get(pk=live.pk).void_id is not None


def test_generic_formset_shows_live_rows(live):
    """Its rows are found by a content type, not by a foreign key."""
    kept = Sticker.objects.create(content_object=live, text="kept")
    Sticker.objects.create(content_object=live, text="gone").delete()

    assert [form.instance for form in StickerSet(instance=live)] == [kept]


def test_formset_cannot_change_a_row_that_became_void(live):
    """Somebody else voided it while the page was open."""
    sent = {
        "folders-TOTAL_FORMS": "1",
        "folders-INITIAL_FORMS": "1",
        "folders-0-id": live.pk,
        "folders-0-number": "changed",
    }
    Folder.objects.all().delete()

    assert not FolderSet(sent, instance=live.safe).is_valid()


def test_serializer_accepts_references_to_live_rows_only(live, void):
    """By key and by slug."""
    by_key = FolderSerializer(data={"safe": void.safe_id, "number": "1"})
    by_slug = SafeSerializer(data={"name": "new", "by_number": "V"})

    assert not by_key.is_valid()
    assert not by_slug.is_valid()
    assert [error.code for error in by_key.errors["safe"]] == ["does_not_exist"]
    assert [error.code for error in by_slug.errors["by_number"]] == ["does_not_exist"]
    assert FolderSerializer(data={"safe": live.safe_id, "number": "1"}).is_valid()


def test_serializer_tells_live_rows_only(live):
    """A nested list is a related manager's."""
    Folder.objects.create(safe=live.safe, number="gone").delete()

    told = SafeSerializer(live.safe).data

    assert told == {"name": "live", "folders": [{"safe": live.safe_id, "number": "L"}]}


def test_serializer_that_is_told_to_includes_void_rows(void):
    """The accessor works in a field's queryset, too."""

    class Archive(serializers.Serializer):
        safe = serializers.PrimaryKeyRelatedField(
            queryset=Safe.objects.all_objects_including_void()
        )

    assert Archive(data={"safe": void.safe_id}).is_valid()
