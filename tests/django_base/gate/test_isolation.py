"""``assert_isolated`` passes where nothing leaks, and names each leak where something does."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from estate.models import Court, Firm, Folder, Paper, Partner
from gatehouse import leaky

from django_base.testing import assert_isolated, role_matrix

pytestmark = [pytest.mark.django_db, pytest.mark.urls("estate.urls")]


def a_firm(name, role="editor"):
    user = get_user_model().objects.create_user(name)
    firm = Firm.objects.create(name=name)
    partner = Partner.objects.create(firm=firm, user=user, role=role)
    folder = Folder.objects.create(firm=firm, keeper=partner, number=f"{name}-1")
    Paper.objects.create(folder=folder, title=f"a paper of {name}")
    return firm


def a_client(name):
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


@pytest.fixture
def own():
    Court.objects.create(name="of all")
    return a_firm("own")


@pytest.fixture
def other():
    return a_firm("other")


def test_views_on_the_base_view_are_isolated(own, other):
    """Every place in which something is named was tried, at any depth."""
    found = assert_isolated(a_client("own"), other, entity=own)

    assert set(found.tried) == {
        "GET /firms/<firm_id>/folders/<folder_id>/ url.firm_id",
        "GET /firms/<firm_id>/folders/<folder_id>/ url.folder_id",
        "GET /firms/<firm_id>/folders/<folder_id>/ query.paper[0]",
        "GET /firms/<firm_id>/papers/<paper_id>/move/ url.firm_id",
        "GET /firms/<firm_id>/papers/<paper_id>/move/ url.paper_id",
        "POST /firms/<firm_id>/papers/<paper_id>/move/ url.firm_id",
        "POST /firms/<firm_id>/papers/<paper_id>/move/ url.paper_id",
        "POST /firms/<firm_id>/papers/<paper_id>/move/ body.folder",
        "GET /firms/<firm_id>/orders/ url.firm_id",
        "POST /firms/<firm_id>/orders/ url.firm_id",
        "POST /firms/<firm_id>/orders/ body.folder",
        "POST /firms/<firm_id>/orders/ body.lines[0].paper",
        "POST /firms/<firm_id>/orders/ body.lines[0].keeper",
        "GET /firms/<firm_id>/by-number/<number>/ url.firm_id",
        "GET /firms/<firm_id>/by-number/<number>/ url.number",
    }


def test_what_was_tried_is_taken_back(own, other):
    """With own objects the views do write."""
    before = [list(model.objects.order_by("pk").values()) for model in (Firm, Folder, Paper)]

    assert_isolated(a_client("own"), other, entity=own)

    after = [list(model.objects.order_by("pk").values()) for model in (Firm, Folder, Paper)]
    assert after == before


@pytest.mark.parametrize(
    ("urls", "leak"),
    [
        ("PLAIN_IN_URL", r"GET /firms/.* url.folder_id = \d+: answered 200, and 404 to"),
        ("PLAIN_IN_QUERY", r"query.folder_id = \d+: answered another page, and 200 to"),
        ("PLAIN_IN_BODY", r"POST .* body.keeper_id = \d+: answered another page"),
        ("API", r"POST .* body.entries\[0\].keeper_id = \d+: answered another page"),
        ("WRITES_BEFORE", r"url.firm_id = \d+: wrote to .*estate_paper"),
        ("SAYS_403", r"url.firm_id = \d+: answered 403, and 404 to"),
        ("UNDECLARED", r"url.folder_id = \d+: answered 200, and 404 to"),
    ],
)
def test_a_leaky_view_is_named(own, other, settings, urls, leak):
    """A test that cannot fail proves nothing."""
    settings.ROOT_URLCONF = getattr(leaky, urls)
    values = {"firm_id": own.pk, "folder_id": own.folders.get().pk}

    with pytest.raises(AssertionError, match=leak):
        assert_isolated(a_client("own"), other, entity=own, values=values)


def test_related_fields_of_serializers_are_tried_at_any_depth(own, other, settings):
    """They are found by their types; what is left leaky is the plain number."""
    settings.ROOT_URLCONF = leaky.API

    found = assert_isolated(a_client("own"), other, entity=own, not_ids=["keeper_id"])

    assert {name.rpartition(" ")[2] for name in found.tried} == {
        "url.firm_id",
        "body.folder",
        "body.entries[0].paper",
    }


def test_a_client_that_reaches_nothing_proves_nothing(own, other):
    """A stranger gets 404 everywhere."""
    get_user_model().objects.create_user("stranger")

    with pytest.raises(AssertionError, match="answers 404 with own objects too"):
        assert_isolated(a_client("stranger"), other, entity=own)


def test_an_object_that_is_missing_is_named(own, other):
    """What was not tried must not look as if it had been."""
    Paper.objects.all().delete()

    with pytest.raises(AssertionError, match=r"there is no estate\.Paper of .*: make one"):
        assert_isolated(a_client("own"), other, entity=own)


def test_the_matrix_says_who_gets_where(own, other):
    """As a table, compared with what was agreed."""
    reader = get_user_model().objects.create_user("reader")
    Partner.objects.create(firm=own, user=reader)
    clients = {"editor": a_client("own"), "reader": a_client("reader")}
    clients |= {"stranger": a_client("other"), "nobody": Client()}

    matrix = role_matrix(clients, own)

    table = """
                                                  editor  reader  stranger  nobody
    GET /firms/<firm_id>/folders/<folder_id>/     yes     yes     hidden    login
    GET /firms/<firm_id>/papers/<paper_id>/move/  yes     no      hidden    login
    POST /firms/<firm_id>/papers/<paper_id>/move/ yes     no      hidden    login
    GET /firms/<firm_id>/orders/                  error   no      hidden    login
    POST /firms/<firm_id>/orders/                 yes     no      hidden    login
    GET /firms/<firm_id>/by-number/<number>/      yes     yes     hidden    login
    GET /alive/                                   yes     yes     yes       yes
    """
    matrix.assert_is(table)
    with pytest.raises(AssertionError, match=r"- GET /alive/ yes yes yes no\n\+ GET /alive/ yes"):
        matrix.assert_is(table.replace("yes     yes     yes       yes", "yes yes yes no"))
