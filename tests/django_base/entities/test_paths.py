"""The way from a row to its entity: what may be declared, and what comes of it."""

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from estate.models import Court, Firm, Folder, Paper

from django_base import track
from django_base.capture import registry
from django_base.entities import EntityUndeclared, NoEntity, entities_of, entity_of, in_entity
from django_base.entities.checks import check_entities
from django_base.entities.row_security import row_level_security


@pytest.fixture
def said(monkeypatch):
    """Declares another entity for papers, as long as a test runs."""

    def declare(**declared):
        monkeypatch.setattr(Paper, "Backstory", type("Backstory", (), declared))
        entity_of.cache_clear()

    yield declare
    entity_of.cache_clear()


def test_a_path_leads_over_foreign_keys_to_the_entity():
    """Its end is the model that says ``self``."""
    path = entity_of(Paper)

    assert (path.root, path.lookup) == (Firm, "folder__firm__pk")
    assert entity_of(Firm).lookup == "pk"


def test_what_is_nobodys_own_says_why():
    """And is not the same as a model that says nothing."""
    assert entity_of(Court) == NoEntity(Court, "courts are the same for all firms")
    assert entity_of(User) is None


def test_models_of_others_say_it_by_track(monkeypatch, said):
    """Users, most of all."""
    monkeypatch.setattr(registry, "_declared", {})
    entity_of.cache_clear()

    track(User, entity=None, entity_reason="people work for several firms")

    assert entity_of(User) == NoEntity(User, "people work for several firms")


def test_the_condition_finds_the_rows_of_an_entity(own, other):
    """At one step and at two."""
    assert list(Folder.objects.filter(in_entity(Folder, own.firm.pk))) == [own.folder]
    assert list(Paper.objects.filter(in_entity(Paper, own.firm.pk))) == [own.paper]
    assert list(Firm.objects.filter(in_entity(Firm, own.firm.pk))) == [own.firm]


def test_a_model_that_says_nothing_has_no_condition():
    """No condition would be all rows."""
    with pytest.raises(EntityUndeclared, match=r"auth\.User"):
        in_entity(User, 1)


def test_the_entities_of_many_rows_are_one_query(own, other, django_assert_num_queries):
    """Keys that are not there are left out."""
    keys = [own.paper.pk, other.paper.pk, "0" * 32]

    with django_assert_num_queries(1):
        found = entities_of(Paper, keys)

    assert found == {own.paper.pk: own.firm.pk, other.paper.pk: other.firm.pk}


@pytest.mark.parametrize(
    ("entity", "told"),
    [
        ("folder", "ends at 'estate.Folder', which is no entity"),
        ("folder", "leads on by 'firm'"),
        ("folder.court", "ends at 'estate.Court'"),
        ("folder.number", "'number' is no foreign key of 'estate.Folder'"),
        ("folders.firm", "choose from ['folder']"),
        ("title", "'title' is no foreign key"),
    ],
)
def test_a_path_that_leads_nowhere_is_an_error_with_the_way_out(said, entity, told):
    """At start-up, not in front of a visitor."""
    said(entity=entity)

    [error] = [each for each in check_entities() if each.obj is Paper]

    assert (error.id, error.is_serious()) == ("backstory.E060", True)
    assert told in error.msg
    assert "folder" in error.hint


def test_a_path_that_is_right_is_no_error():
    """The check would be silenced otherwise."""
    assert [each for each in check_entities() if each.obj in (Firm, Folder, Paper, Court)] == []


def test_no_entity_without_a_reason_is_a_problem(said):
    """``None`` must not be the short way out."""
    from django_base.capture.registry import options_of

    said(entity=None)

    [problem] = options_of(Paper).problems
    assert "needs an entity_reason" in problem
    assert entity_of(Paper) is None


def test_where_an_entity_is_required_each_model_says_whose_it_is(settings):
    """A forgotten model would be readable by all."""
    settings.BACKSTORY = {**settings.BACKSTORY, "require_entity": True}

    told = {each.obj._meta.label for each in check_entities() if each.id == "backstory.E061"}

    assert "shop.Legend" in told
    assert not told & {"estate.Firm", "estate.Folder", "estate.Paper", "estate.Court"}


@pytest.mark.django_db(transaction=True)
def test_the_text_of_a_policy_keeps_the_rows_of_others_from_a_role(own, other):
    """It is run as it is told, and asked as another role than the owner of the table."""
    sql = row_level_security(Paper) + row_level_security(Folder)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("CREATE ROLE estate_reader")
        cursor.execute("GRANT SELECT ON estate_paper, estate_folder TO estate_reader")
        cursor.execute("SET LOCAL ROLE estate_reader")
        cursor.execute("SELECT count(*) FROM estate_paper")
        assert cursor.fetchone() == (0,)
        cursor.execute(f"SET LOCAL backstory.entity = '{own.firm.pk}'")
        cursor.execute("SELECT title FROM estate_paper")
        assert cursor.fetchall() == [("own",)]
        transaction.set_rollback(True)
