"""Mistakes of a declaration are told at start-up, each with the way out."""

import msgspec
import pytest
from django.contrib.auth.models import User
from estate.api import BundleSerializer
from estate.models import Court, Firm, Folder, Paper
from estate.rules import HasRole, IsPartner, is_open
from estate.views import EditFolders, Order, PaperForm
from shop.models import Holding

from django_base.permissions import permission
from django_base.views import Declaration, Ref, any_member, from_url, public, ref
from django_base.views.problems import check_declarations, problems_of

FIRM = {"entity": from_url("firm_id", Firm), "reach": IsPartner}


class Loose(msgspec.Struct):
    folder: int


class Ambiguous(msgspec.Struct, forbid_unknown_fields=True):
    folder: Ref[Folder] | str


class Anything(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[dict]


@permission
async def is_awaited(actor, entity):
    return True


WRONG = {
    "only a model with entity = 'self' is": {**FIRM, "entity": from_url("firm_id", Folder)},
    "'company_id', which is not in its URL": {**FIRM, "entity": from_url("company_id", Firm)},
    "has an entity and no reach": {"entity": from_url("firm_id", Firm)},
    "without a queryset form": {**FIRM, "reach": HasRole("x")},
    "does not declare its URL's parameter 'key'": {**FIRM, "parameters": {"firm_id", "key"}},
    "does not say whose its rows are": {**FIRM, "url": {"user": User}},
    "belongs to an entity, and says none itself": {"relaxed": any_member, "url": {"f": Folder}},
    "which is no field of it": {**FIRM, "query": {"f": ref(Folder, by="nothing")}},
    "a key of several columns": {**FIRM, "query": {"f": Holding}},
    "has a body that is none": {**FIRM, "body": 3},
    "needs forbid_unknown_fields=True": {**FIRM, "body": Loose},
    "cannot be read": {**FIRM, "body": Ambiguous},
    "name its parts": {**FIRM, "body": Anything},
    "asks of objects, and names none": {**FIRM, "permission": is_open},
    "and is synchronous itself": {**FIRM, "permission": is_awaited},
    "asks on 'holder', which it does not declare": {
        **FIRM,
        "permission": is_open.on("holder"),
        "body": PaperForm,
    },
    "asks on 'item.keeper', which it does not declare": {
        **FIRM,
        "permission": is_open.on("item.keeper"),
        "body": BundleSerializer,
    },
    "asks on 'folder_id', which it does not declare": {
        **FIRM,
        "permission": is_open.on("folder_id"),
        "url": {"paper": Paper},
    },
}


@pytest.mark.parametrize("told", WRONG)
def test_a_mistake_is_told_by_name(told):
    """Before a visitor meets it."""
    said = dict(WRONG[told])
    parameters = said.pop("parameters", {"firm_id"} if "entity" in said else set())

    found = problems_of(Declaration.of(**said), lambda request: None, parameters)

    assert any(told in problem for problem in found), found


def test_what_is_right_has_no_problems():
    """The check would be silenced otherwise."""
    right = Declaration.of(
        **FIRM,
        permission={"GET": IsPartner, "POST": HasRole("editor") & is_open.on("folder")},
        url={"folder": Folder},
        query={"page": int, "court": Court, "papers": list[ref(Paper)]},
    )
    assert problems_of(right, lambda request: None, {"firm_id", "folder"}) == []
    assert (
        problems_of(Declaration.of(relaxed=public(reason="x")), lambda request: None, set()) == []
    )


@pytest.mark.parametrize(
    ("parameter", "body"),
    [
        ("folder", PaperForm),
        ("keeper", EditFolders.body),
        ("body", Order),
        ("papers", BundleSerializer),
        ("items.keeper", BundleSerializer),
    ],
)
def test_a_rule_may_ask_on_what_a_body_names(parameter, body):
    """By the names that the objects have in the admission, without places in lists."""
    said = Declaration.of(**FIRM, permission=is_open.on(parameter), body=body)

    assert problems_of(said, lambda request: None, {"firm_id"}) == []


def test_the_check_walks_the_urlconf(settings):
    """And finds nothing in the one of these tests."""
    settings.ROOT_URLCONF = "estate.more"

    assert check_declarations() == []
