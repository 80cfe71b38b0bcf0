"""What would let void rows be seen, or rows vanish: each has a check that says so, and a fix."""

import re
from pathlib import Path

import pytest
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from django_base import BaseModel, UniqueAmongLive, keep_when_void
from django_base.deletion import checks
from django_base.deletion.checks import check_deletion
from django_base.deletion.queryset import BaseManager, BaseQuerySet

DOCUMENTED = Path(__file__).parents[3] / "docs" / "checks.md"


class Here:
    """The Meta of models that are made in a test."""

    app_label = "vault"


KEY = {"on_delete": models.CASCADE, "related_name": "+"}


@pytest.fixture
def found(monkeypatch):
    """Gives the messages about models that the test has just defined."""

    def messages(*tested: type[models.Model]) -> list[tuple[type[models.Model], str]]:
        apps = tested[0]._meta.apps
        monkeypatch.setattr(checks, "apps", apps)
        told = check_deletion()
        assert all(each.hint for each in told)
        return [(each.obj, each.id.removeprefix("backstory.")) for each in told]

    return messages


@isolate_apps("vault")
def test_nothing_is_said_of_a_model_that_does_as_it_should(found):
    """Silence has to mean something."""

    class Own(BaseManager.from_queryset(BaseQuerySet)):
        pass

    class Good(BaseModel):
        name = models.CharField(max_length=9)
        mother = models.ForeignKey("self", **KEY)
        other = models.ForeignKey("Log", null=True, related_name="+", on_delete=models.SET_NULL)
        objects = Own()
        everything = models.Manager()

        class Meta(Here):
            constraints = (UniqueAmongLive(fields=("name",), name="good"),)

    class Log(BaseModel):
        Meta = Here
        void_id = None
        about = models.ForeignKey(Good, **KEY)
        line = models.CharField(max_length=9, unique=True)

    class Child(Good):
        Meta = Here

    class Outside(models.Model):
        Meta = Here
        kept = models.ForeignKey(Good, related_name="+", on_delete=keep_when_void(models.CASCADE))
        friends = models.ManyToManyField(Good, related_name="+")

    assert found(Good, Log, Child, Outside) == []


@isolate_apps("vault")
@pytest.mark.parametrize("value", [models.IntegerField(), property(lambda self: 1), "text"])
def test_flag_that_is_something_else_is_refused(found, value):
    """Its rows would be hidden by nothing, and deleted for good."""
    odd = type("Odd", (BaseModel,), {"__module__": __name__, "Meta": Here, "void_id": value})

    assert found(odd) == [(odd, "E020")]


@isolate_apps("vault")
def test_field_that_hides_a_name_of_ours_is_refused(found):
    """``row.restore()`` would be a date."""

    class Notice(BaseModel):
        Meta = Here
        deletion = models.DateField()

    class Paper(BaseModel):
        Meta = Here
        notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="hard_delete")

    assert set(found(Notice, Paper)) == {(Notice, "E021")}
    assert len(found(Notice, Paper)) == 2


@isolate_apps("vault")
def test_default_manager_that_shows_void_rows_is_refused(found):
    """Related managers, forms and the admin would show them, too."""

    class Bare(BaseModel):
        Meta = Here
        objects = models.Manager()

    class Forgetful(BaseManager):
        def get_queryset(self):
            return BaseQuerySet(self.model, using=self._db)

    class Everything(BaseManager):
        def get_queryset(self):
            return super().get_queryset().all_objects_including_void()

    class Custom(BaseModel):
        Meta = Here
        objects = Forgetful()

    class Open(BaseModel):
        Meta = Here
        objects = Everything()

    assert found(Bare, Custom, Open) == [(Bare, "E022"), (Custom, "E022"), (Open, "E022")]


@isolate_apps("vault")
def test_base_manager_that_hides_rows_is_refused(found):
    """Saving a void object would insert it once more."""

    class Hidden(BaseModel):
        class Meta(Here):
            base_manager_name = "objects"

    assert found(Hidden) == [(Hidden, "E023")]


class DatabaseCascade:
    """Has what Django 6.1's DB_CASCADE has."""

    def __call__(self, *args: object) -> None: ...

    def on_delete_sql(self, editor: object) -> str: ...


@isolate_apps("vault")
def test_cascade_of_the_database_is_refused(found):
    """It fires on physical deletes only, and then takes rows without asking."""
    cascade = getattr(models, "DB_CASCADE", DatabaseCascade())

    class Root(BaseModel):
        Meta = Here

    class Leaf(models.Model):
        Meta = Here
        root = models.ForeignKey(Root, related_name="+", on_delete=cascade)

    class Twig(BaseModel):
        Meta = Here
        leaf = models.ForeignKey(Leaf, related_name="+", on_delete=keep_when_void(cascade))

    assert found(Root, Leaf, Twig) == [(Leaf, "E024"), (Twig, "E024")]


@isolate_apps("vault")
def test_cascade_from_a_model_that_is_deleted_physically_is_told(found):
    """The database refuses to delete the user then: better to say so here."""

    class Person(models.Model):
        Meta = Here

    class Role(BaseModel):
        Meta = Here
        person = models.ForeignKey(Person, **KEY)

    assert found(Role) == [(Role, "W020")]


@isolate_apps("vault")
def test_rows_that_would_stay_are_told(found):
    """A voided parent leaves them where they are, and their lists show them."""

    class Contract(BaseModel):
        Meta = Here
        marks = GenericRelation("Mark")

    class Page(models.Model):
        Meta = Here
        contract = models.ForeignKey(Contract, **KEY)

    class Mark(models.Model):
        Meta = Here
        content_type = models.ForeignKey(ContentType, **KEY)
        object_id = models.IntegerField()
        content_object = GenericForeignKey()

    assert found(Contract, Page, Mark) == [(Contract, "W021"), (Page, "W021")]


@isolate_apps("vault")
def test_uniqueness_among_live_rows_needs_the_flag_in_the_same_table(found):
    """An index has the columns of one table."""

    class Log(BaseModel):
        void_id = None
        name = models.CharField(max_length=9)

        class Meta(Here):
            constraints = (UniqueAmongLive(fields=("name",), name="log"),)

    class Parent(BaseModel):
        Meta = Here

    class Child(Parent):
        name = models.CharField(max_length=9)

        class Meta(Here):
            constraints = (UniqueAmongLive(fields=("name",), name="child"),)

    assert found(Log, Parent, Child) == [(Log, "E025"), (Child, "E025")]


@isolate_apps("vault")
def test_uniqueness_among_live_rows_of_what_is_unique_anyway_is_refused(found, monkeypatch):
    """One-to-one, the target of a foreign key, a key: each says what to do instead."""

    class Office(BaseModel):
        code = models.CharField(max_length=9, unique=True)
        name = models.CharField(max_length=9, unique=True)
        twin = models.OneToOneField("self", **KEY)

        class Meta(Here):
            constraints = (
                UniqueAmongLive(fields=("code",), name="code"),
                UniqueAmongLive(fields=("twin",), name="twin"),
                UniqueAmongLive(fields=("name", "code"), name="name"),
            )

    class Desk(BaseModel):
        Meta = Here
        office = models.ForeignKey(Office, to_field="code", **KEY)

    assert [each for each in found(Office, Desk) if each[1] != "I020"] == [(Office, "E026")] * 4
    hints = {
        str(each.hint).partition(":")[0].partition(" a ")[0]
        for each in check_deletion()
        if each.id == "backstory.E026"
    }
    assert hints == {
        "References need all rows to be unique",
        "Make 'twin'",
        "Leave unique=True of 'name' out; or the constraint.",
    }


@isolate_apps("vault")
def test_foreign_key_to_a_field_that_is_unique_among_live_rows_only_is_refused():
    """Django itself says so, with the fix: our index is no unconditional one."""

    class Office(BaseModel):
        code = models.CharField(max_length=9)

        class Meta(Here):
            constraints = (UniqueAmongLive(fields=("code",), name="code"),)

    class Desk(BaseModel):
        Meta = Here
        office = models.ForeignKey(Office, to_field="code", **KEY)

    assert [each.id for each in Desk.check()] == ["fields.E311"]


@isolate_apps("vault")
def test_uniqueness_of_all_rows_is_pointed_out_where_it_need_not_be(found):
    """And only there: neither where something refers to it, nor where it is about the flag."""

    class Office(BaseModel):
        code = models.CharField(max_length=9, unique=True)
        name = models.CharField(max_length=9, unique=True)
        street = models.CharField(max_length=9)
        floor = models.CharField(max_length=9)
        twin = models.OneToOneField("self", **KEY)

        class Meta(Here):
            unique_together = (("street", "floor"),)
            constraints = (
                models.UniqueConstraint(fields=("floor", "name"), name="both"),
                models.UniqueConstraint(
                    fields=("floor",), name="own", condition=models.Q(void_id__isnull=True)
                ),
                models.UniqueConstraint(
                    fields=("street",), name="later", deferrable=models.Deferrable.DEFERRED
                ),
            )

    class Desk(BaseModel):
        Meta = Here
        office = models.ForeignKey(Office, to_field="code", **KEY)

    assert found(Office, Desk) == [(Office, "I020")] * 3
    text = " ".join(str(each) for each in check_deletion())
    assert "UniqueAmongLive(fields=('name',), name=...)" in text
    assert "('street', 'floor')" in text
    assert "'both'" in text


def test_every_check_of_deletion_is_documented():
    """A number in a terminal leads to a line of the page."""
    folder = Path(checks.__file__).parent
    sources = (folder / "checks.py").read_text() + (folder / "uniqueness_checks.py").read_text()
    numbers = set(re.findall(r'id="backstory\.(\w+)"', sources))

    assert len(numbers) == 10
    assert {each for each in numbers if f"| {each} " not in DOCUMENTED.read_text()} == set()
