"""Django REST framework's views and viewsets are closed in the same way."""

import base64

import pytest
from django.test import Client
from estate.api import Bundles, Papers
from estate.models import Folder, Paper, Partner

from django_base.views.guarding import admit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("estate.more")]


@pytest.fixture
def api(own):
    """A program that sends Ann's name and password with each request."""
    credentials = base64.b64encode(b"ann:x").decode()
    return Client(headers={"authorization": f"Basic {credentials}"})


@pytest.fixture
def papers(own):
    return f"/firms/{own.firm.pk}/api/papers/"


def post(client, path, data):
    return client.post(path, data, content_type="application/json")


def test_a_viewset_answers_who_is_known_by_its_authentication(api, papers, own, other):
    """With the rows of the entity only."""
    assert [each["title"] for each in api.get(papers).json()] == ["own paper"]
    assert api.get(f"{papers}{own.paper.pk}/").json()["title"] == "own paper"


def test_without_credentials_it_is_a_401(papers, own):
    """Also for a browser: there is no page to log in to."""
    assert Client().get(papers).status_code == 401
    assert Client(headers={"authorization": "Basic eA=="}).get(papers).status_code == 401


def test_a_foreign_object_is_the_same_404_as_everywhere(api, papers, other):
    """In the URL of a viewset, too."""
    foreign, absent = api.get(f"{papers}{other.paper.pk}/"), api.get(f"{papers}nothing/")

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.content == absent.content


def test_a_serializer_names_objects_of_the_entity_only(api, papers, own, other):
    """The usual hole: a key in the body of a POST."""
    created = post(api, papers, {"folder": own.folder.pk, "title": "new"})
    foreign = post(api, papers, {"folder": other.folder.pk, "title": "new"})

    assert (created.status_code, foreign.status_code) == (201, 404)
    assert Paper.objects.filter(title="new").count() == 1


def test_a_field_that_the_serializer_does_not_write_is_refused(api, papers, own):
    """Read-only ones as well: what is not declared does not arrive."""
    body = {"folder": own.folder.pk, "title": "new"}

    assert post(api, papers, body | {"firm": own.firm.pk}).status_code == 400
    assert post(api, papers, b'{"folder": 1, "folder": 2}').status_code == 400
    assert post(api, papers, b"[" * 100_000).status_code == 400


@pytest.mark.parametrize("shape", ["{}", '{"5": 1}', '"5"', "5", "[[1]]", '[{"pk": 1}]'])
def test_what_has_another_shape_names_nothing_unseen(visitor, own, other, shape):
    """REST framework takes the keys of an object for a list."""
    shape = shape.replace("5", str(other.paper.pk))
    path = f"/firms/{own.firm.pk}/api/bundles/"

    assert visitor.json(path, f'{{"papers": {shape}}}'.encode()).status in (400, 404)


def test_an_object_may_be_named_by_another_field(visitor, own, other):
    """By a SlugRelatedField; the number is looked for among those of the entity."""
    path = f"/firms/{own.firm.pk}/api/bundles/"

    def sent(number):
        items = [{"keeper": own.partner.pk, "folder": number}]
        return visitor.json(path, {"papers": [], "items": items}).status

    assert (sent("own-1"), sent("other-1")) == (200, 404)


def test_a_list_of_bodies_is_checked_each(api, papers, own, other):
    """Even where the view takes only one."""
    body = [{"folder": own.folder.pk}, {"folder": other.folder.pk}]

    assert post(api, papers, body).status_code == 404


def test_an_action_without_a_permission_is_forbidden(api, papers, own):
    """A ModelViewSet is born with more actions than somebody thought of."""
    assert api.delete(f"{papers}{own.paper.pk}/").status_code == 403
    assert Paper.objects.filter(pk=own.paper.pk).exists()


def test_an_action_asks_its_own_permission(api, papers, own):
    """Readers may list, and not create."""
    own.partner.role = "reader"
    own.partner.save()

    assert api.get(papers).status_code == 200
    assert post(api, papers, {"folder": own.folder.pk}).status_code == 403


@pytest.mark.parametrize("place", ["papers", "items"])
def test_objects_in_lists_and_nested_serializers_are_found(visitor, own, other, place):
    """Each one, in one query a model."""
    path = f"/firms/{own.firm.pk}/api/bundles/"
    mine = {"papers": [str(own.paper.pk)] * 20, "items": [{"keeper": own.partner.pk}] * 20}
    theirs = {"papers": [str(other.paper.pk)], "items": [{"keeper": other.partner.pk}]}

    assert visitor.json(path, {**mine, place: mine[place] + theirs[place]}).status == 404
    assert visitor.json(path, mine).content == b'["own paper"' + b',"own paper"' * 19 + b"]"


def test_a_list_shows_the_rows_on_which_a_rule_holds(api, own):
    """By the queryset form of the rule."""
    Folder.objects.create(firm=own.firm, number="closed-2")

    assert api.get(f"/firms/{own.firm.pk}/api/open/").json() == [own.folder.pk]


def test_a_body_means_the_same_to_all_who_read_it(api, papers, own, other):
    """REST framework reads by the charset of the header; in UTF-7 the title names a folder."""
    hidden = f"x+ACI-, +ACI-folder+ACI-: {other.folder.pk}, +ACI-title+ACI-: +ACI-y"
    body = f'{{"folder": {own.folder.pk}, "title": "{hidden}"}}'

    answer = api.generic("POST", papers, body, content_type="application/json; charset=utf-7")
    usual = api.generic(
        "POST", papers, '{"folder": 0}', content_type="application/json; charset=UTF8"
    )

    assert (answer.status_code, usual.status_code) == (400, 404)


def test_a_rule_on_a_nested_field_is_asked_of_each_object_there(visitor, own):
    """By the names of the fields, whatever the places in lists."""
    keeper = own.partner
    mine = Partner.objects.create(firm=own.firm, user=keeper.user)
    path = f"/firms/{own.firm.pk}/api/bundles/kept/"

    def sent(*keepers):
        return visitor.json(path, {"papers": [], "items": [{"keeper": k.pk} for k in keepers]})

    assert (sent(keeper).status, sent(keeper, mine).status) == (200, 403)


def test_what_rest_framework_makes_offers_the_entitys_own_choices(own, other, ann, rf):
    """Its pages for browsers list those of the serializer that a generic view makes itself."""
    declaration = Papers.as_view({"post": "create"}).backstory_declaration
    request = rf.post("/")
    request.user = ann
    request.backstory = admit(request, declaration, (), {"firm_id": own.firm.pk})

    offered = Papers(request=request, format_kwarg=None).get_serializer().fields["folder"].queryset

    assert list(offered) == [own.folder]
    assert not hasattr(Bundles(request=request), "get_serializer")
