"""Lists show exactly what details allow, whatever the rule."""

import pytest
from django.db.models import Q
from estate.models import Court, Firm, Folder, Paper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_base.permissions import Evaluation, Permission, permission, rows

pytestmark = pytest.mark.django_db


class HasPaper(Permission):
    """Of a relation with many rows: two such rules may hold by different papers."""

    def __init__(self, title):
        self.title = title

    def test(self, actor, entity, obj):
        return any(paper.title == self.title for paper in obj.papers.all())

    def q(self, actor, entity):
        return Q(papers__title=self.title)


class IsAt(Permission):
    """Of a column that may be NULL."""

    def __init__(self, court):
        self.court = court

    def test(self, actor, entity, obj):
        return obj.court is not None and obj.court.name == self.court

    def q(self, actor, entity):
        return Q(court__name=self.court)


class IsNumbered(Permission):
    def __init__(self, number):
        self.number = number

    def test(self, actor, entity, obj):
        return obj.number == self.number

    def q(self, actor, entity):
        return Q(number=self.number)


@permission
def is_ann(actor, entity):
    return actor == "ann"


LEAVES = [
    HasPaper("a"),
    HasPaper("b"),
    IsAt("high"),
    IsAt("low"),
    IsNumbered("1"),
    is_ann,
    ~is_ann,
]
RULES = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.one_of(
        st.builds(lambda a, b: a & b, parts, parts),
        st.builds(lambda a, b: a | b, parts, parts),
        st.builds(lambda a: ~a, parts),
    ),
    max_leaves=8,
)


@pytest.fixture
def folders():
    firm = Firm.objects.create(name="own")
    courts = [None, Court.objects.create(name="high"), Court.objects.create(name="low")]
    made = []
    for number, titles in (("1", ""), ("1", "ab"), ("2", "aab"), ("2", "b"), ("3", "a")):
        for court in courts:
            folder = Folder.objects.create(firm=firm, number=number, court=court)
            Paper.objects.bulk_create(Paper(folder=folder, title=title) for title in titles)
            made.append(folder)
    return made


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rule=RULES)
def test_a_list_shows_exactly_what_details_allow(folders, rule):
    """Of any rule that can be put together, and each row once."""
    listed = list(Folder.objects.filter(rows(rule, Evaluation("ann", None), Folder)))

    each = [
        folder
        for folder in folders
        if Evaluation("ann", None).explain(rule, {"": [folder]}).holds
        or (not rule.asks_of_objects and Evaluation("ann", None).explain(rule).holds)
    ]
    assert sorted(folder.pk for folder in listed) == [folder.pk for folder in each]


def test_a_list_of_any_length_takes_one_query(folders, django_assert_num_queries):
    """Whatever the rule."""
    rule = (HasPaper("a") | IsAt("high")) & ~IsNumbered("2")

    with django_assert_num_queries(1):
        assert len(Folder.objects.filter(rows(rule, Evaluation("ann", None), Folder))) > 1


class Knows(Permission):
    """A reach: its condition is one on firms."""

    def test(self, actor, entity):
        return actor == "ann"

    def q(self, actor, entity):
        return Q(pk__in=[1_000_000])


@pytest.mark.parametrize(("actor", "shown"), [("ann", 15), ("bob", 0)])
def test_a_rule_about_the_entity_is_no_condition_on_other_rows(folders, actor, shown):
    """Its condition would be asked of folders that have the keys of firms."""
    evaluation = Evaluation(actor, folders[0].firm)

    assert Folder.objects.filter(rows(Knows(), evaluation, Folder)).count() == shown
