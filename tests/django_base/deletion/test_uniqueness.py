"""Uniqueness among live rows: the database's word, and the same word from every validation."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from registry.models import Currency
from rest_framework import serializers
from vault.models import Folder, Safe, Seal

from django_base import UniqueAmongLive

pytestmark = pytest.mark.django_db


class FolderForm(forms.ModelForm):
    class Meta:
        model = Folder
        fields = ("safe", "number", "title", "shelf")


class FolderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Folder
        fields = ("safe", "number", "title", "shelf", "state")


class SafeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Safe
        fields = ("name",)


@pytest.fixture
def safe() -> Safe:
    return Safe.objects.create(name="north")


def refused(instance: models.Model) -> bool:
    """Whether the database refuses to write it."""
    try:
        with transaction.atomic():
            instance.save()
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def invalid(instance: models.Model) -> bool:
    """Whether ``full_clean`` refuses it."""
    try:
        instance.full_clean()
    except ValidationError:
        return True
    return False


def agreed(instance: models.Model) -> bool:
    """Return what database and validation say alike."""
    assert refused(instance) is invalid(instance)
    return refused(instance)


def test_live_rows_do_not_share_a_value(safe):
    """In the database, and in words before it."""
    assert agreed(Safe(name="north"))
    assert not agreed(Safe(name="south"))


def test_void_row_gives_its_value_free(safe):
    """The newcomer is the live one; what was stays what it was."""
    safe.delete()

    assert not agreed(Safe(name="north"))


def test_object_does_not_stand_in_its_own_way(safe):
    """Saving what is there."""
    assert not agreed(safe)


def test_void_object_is_not_held_against_live_ones(safe):
    """A page that shows a void row may validate it: it is not in the index."""
    safe.delete()
    Safe.objects.create(name="north")

    void = Safe.objects.all_objects_including_void().get(pk=safe.pk)

    assert not invalid(void)


def test_copy_of_a_void_object_is_a_new_one(safe):
    """It is inserted live, so its values must be free."""
    safe.delete()
    Safe.objects.create(name="north")
    copied = Safe.objects.all_objects_including_void().get(pk=safe.pk)
    copied.pk, copied._state.adding = None, True

    assert agreed(copied)


def test_condition_counts_for_both_rows(safe):
    """Only filed folders need a shelf of their own."""
    Folder.objects.create(safe=safe, number="1", shelf=7, state="filed")

    assert agreed(Folder(safe=safe, number="2", title="a", shelf=7, state="filed"))
    assert not agreed(Folder(safe=safe, number="2", title="a", shelf=7, state="open"))
    assert not agreed(Folder(safe=safe, number="2", title="a", shelf=8, state="filed"))
    assert not agreed(Folder(safe=safe, number="2", title="a", shelf=None, state="filed"))


def test_expression_counts(safe):
    """Titles that differ only in case are the same; none is no title."""
    Folder.objects.create(safe=safe, number="1", title="Leases")

    assert agreed(Folder(safe=safe, number="2", title="LEASES"))
    assert refused(Folder(safe=safe, number="1", title=""))

    Folder.objects.all().delete()
    assert not agreed(Folder(safe=safe, number="2", title="LEASES"))


def test_nulls_are_equal_where_they_are_said_to_be():
    """As in the database, where PostgreSQL knows of it."""
    if not connection.features.supports_nulls_distinct_unique_constraints:
        pytest.skip("PostgreSQL 14 has no NULLS NOT DISTINCT")
    seal = Seal.objects.create(colour=None)

    assert agreed(Seal(colour=None))
    seal.delete()
    assert not agreed(Seal(colour=None))


def test_form_says_what_the_database_would_say(safe):
    """``void_id`` and the condition's field are on no form, and are counted all the same."""
    folder = Folder.objects.create(safe=safe, number="1", shelf=7, state="filed", title="Leases")
    filed = Folder(state="filed")

    def errors(**typed: object) -> dict[str, list[str]]:
        return FolderForm({"safe": safe.pk, **typed}, instance=filed).errors

    assert errors(number="1", title="b") == {
        "__all__": ["Folder with this Safe and Number already exists."]
    }
    assert errors(number="2", title="b", shelf=7).keys() == {"__all__"}
    assert errors(number="2", title="leases").keys() == {"__all__"}

    folder.delete()
    for typed in ({"number": "1"}, {"number": "2", "shelf": 7}, {"number": "2", "title": "leases"}):
        assert errors(**{"title": "b", **typed}) == {}


def test_form_that_does_not_show_a_field_leaves_its_constraint_to_the_database(safe):
    """As Django does: a message about a field that nobody can see would help nobody."""
    only_title = forms.modelform_factory(Folder, fields=("title",))
    Folder.objects.create(safe=safe, number="1")

    form = only_title({"title": "x"}, instance=Folder(safe=safe, number="1"))

    assert form.is_valid()


def test_serializer_says_what_the_database_would_say(safe):
    """Of one field, of several, with a condition; a void row is in nobody's way."""
    folder = Folder.objects.create(safe=safe, number="1", shelf=7, state="filed")

    def errors(**sent: object) -> object:
        sent = {"safe": safe.pk, "number": "2", "title": "a", **sent}
        serializer = FolderSerializer(data=sent)
        serializer.is_valid()
        return serializer.errors

    def of_safe() -> object:
        serializer = SafeSerializer(data={"name": "north"})
        serializer.is_valid()
        return serializer.errors

    assert set(of_safe()) == {"name"}
    assert errors(number="1") != {}
    assert errors(shelf=7, state="filed") != {}
    assert errors(shelf=7, state="open") == {}

    folder.delete()
    safe_errors = errors(number="1"), errors(shelf=7, state="filed")
    assert safe_errors == ({}, {})
    safe.delete()
    assert of_safe() == {}


def test_validation_tells_of_a_void_row_that_keeps_its_value():
    """``unique=True`` holds for void rows in the database, so it does in a form."""
    Currency.objects.create(code="EUR").delete()
    form = forms.modelform_factory(Currency, fields=("code",))({"code": "EUR"})

    assert form.errors.keys() == {"code"}
    assert agreed(Currency(code="EUR"))
    assert not Currency.objects.exists()


def test_get_or_create_makes_a_new_row_beside_a_void_one(safe):
    """Nothing is written to what nobody sees."""
    safe.delete()

    made, created = Safe.objects.get_or_create(name="north")

    assert (created, made.pk != safe.pk) == (True, True)
    assert Safe.objects.update_or_create(name="north", defaults={"name": "east"}) == (made, False)
    names = Safe.objects.all_objects_including_void().order_by("pk").values_list("name", flat=True)
    assert list(names) == ["north", "east"]


def test_deferrable_is_refused_in_words():
    """PostgreSQL defers no index."""
    with pytest.raises(ValueError, match="leave deferrable out"):
        UniqueAmongLive(fields=("name",), name="x", deferrable=models.Deferrable.DEFERRED)


CONSTRAINTS = [
    UniqueAmongLive(fields=("a", "b"), name="of_fields"),
    UniqueAmongLive(fields=("a",), name="of_some", condition=models.Q(b="x")),
    UniqueAmongLive(models.F("a"), name="of_an_expression", include=None),
    UniqueAmongLive(fields=("a",), name="told", violation_error_message="Taken.", include=("b",)),
    UniqueAmongLive(fields=("a",), name="null", nulls_distinct=False, opclasses=("text_ops",)),
]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda each: each.name)
def test_migrations_write_it_down_and_read_it_again(constraint):
    """What is read is the same, so makemigrations finds nothing to do."""
    text, imports = MigrationWriter.serialize(constraint)
    names: dict[str, object] = {}
    exec("\n".join(imports), names)  # noqa: S102
    read = eval(text, names)  # noqa: S307

    assert text.startswith("django_base.UniqueAmongLive(")
    assert read == constraint
    assert repr(read) == repr(constraint)
    assert read.condition == constraint.condition
    assert read != UniqueAmongLive(fields=("c",), name=constraint.name)


def test_it_is_no_unique_constraint_of_all_rows():
    """Or changing one into the other would make no migration."""
    condition = models.Q(b="x")
    ours = UniqueAmongLive(fields=("a",), name="n", condition=condition)
    djangos = models.UniqueConstraint(fields=("a",), name="n", condition=condition)

    assert ours != djangos
    assert djangos != ours
    assert Safe._meta.total_unique_constraints == []


def test_state_of_the_models_needs_no_migration():
    """The autodetector compares what it clones."""
    state = ProjectState()
    state.add_model(ModelState.from_model(Safe))
    again = ProjectState()
    again.add_model(ModelState.from_model(Safe))

    assert MigrationAutodetector(state, again)._detect_changes() == {}


def test_the_index_holds_live_rows_only():
    """Void rows cost the index nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'vault_folder'"
        )
        found = {name: text.partition(" WHERE ")[2] for name, text in cursor.fetchall()}

    assert found["vault_one_number_in_a_safe"] == "(void_id IS NULL)"
    assert "void_id IS NULL" in found["vault_one_filed"]
    assert "state" in found["vault_one_filed"]
