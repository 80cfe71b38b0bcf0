"""The walk finds every route, whatever way it was put into the URLconf."""

from pathlib import Path

import pytest
from gatehouse import views

from django_base.gate.routes import walk


@pytest.fixture(scope="module")
def found():
    return walk("gatehouse.every")


def urls_of(found, view):
    return [route.url for route in found.routes if route.view == view]


def test_each_way_to_a_view_is_a_route(found):
    """What the walk misses, the check does not tell of."""
    assert urls_of(found, "gatehouse.views.forgotten") == [
        "forgotten/",
        "^expression/(?P<slug>[a-z]+)/(?P<number>\\d+)/$",
        "lazy/",
        "twice/",
        "dotted/<int:of>/",
        "dotted/<int:of>/<slug:key>/",
        "dotted/<int:of>/deeper/x/",
        "dotted/<int:of>/again/here/",
        "other/",
        "other/<slug:key>/",
        "other/deeper/x/",
        "other/again/here/",
        "list/x/",
        "again/here/",
        "<language>/spoken/",
    ]
    assert urls_of(found, "gatehouse.views.Called") == ["object/"]
    assert urls_of(found, "django.views.static.serve") == ["^media/(?P<path>.*)$"]


def test_names_have_their_namespaces(found):
    """One URLconf included twice is two sets of URLs."""
    names = {route.name for route in found.routes}

    assert {"first:one", "second:one", "third:x", "page", "spoken"} <= names


def test_declarations_are_found_through_decorators_and_partials(found):
    """functools.wraps carries them on; a decorator without it does not, and is refused."""
    own = {route.url: route.own for route in found.routes}

    for url in ("page/", "wrapped/", "partial/<int:year>/"):
        assert own[url].source == "gatehouse.views.page", url
    assert own["nameless/"] is own["forgotten/"] is own["class/"] is None


def test_classes_stand_for_what_as_view_made_of_them(found):
    """Also behind a decorator; so a declaration can name them."""
    assert urls_of(found, "gatehouse.views.Page") == ["class/", "class/wrapped/"]


def test_viewsets_name_their_actions(found):
    """A router makes one callback for several methods."""
    actions = [
        dict(route.actions)
        for route in found.routes
        if route.view == "gatehouse.views.Companies" and "format" not in route.parameters
    ]

    assert actions == [{"get": "list"}, {"get": "retrieve"}]


def test_parameters_come_from_all_patterns_on_the_way(found):
    """With their converters; those of an expression have none."""
    parameters = {route.url: route.parameters for route in found.routes}

    kinds = {
        name: type(each).__name__
        for name, each in parameters["dotted/<int:of>/<slug:key>/"].items()
    }
    assert kinds == {"of": "IntConverter", "key": "SlugConverter"}
    expression = parameters["^expression/(?P<slug>[a-z]+)/(?P<number>\\d+)/$"]
    assert expression == {"slug": None, "number": None}


def test_each_source_names_file_and_line(found):
    """Where to go with what the check tells."""
    for route in found.routes:
        file, _, line = route.source.rpartition(":")
        assert file.endswith(".py"), route
        assert int(line) > 0
    [page] = {route.source for route in found.routes if route.view == "gatehouse.views.Page"}
    line = int(page.rpartition(":")[2])
    assert Path(views.__file__).read_text().splitlines()[line - 1].startswith("class Page")


def test_modules_and_handlers_of_errors_are_known(found):
    """The modules say which declarations count."""
    assert {"gatehouse.every", "gatehouse.inner", "gatehouse.inner_again"} <= found.modules
    assert found.handlers["handler404"] == "gatehouse.views.absent"


def test_the_admin_is_a_namespace_of_routes():
    """Its views are made by wrappers; each has a name and a place where it is written."""
    found = {route.name: route for route in walk("vault.urls").routes}

    assert {"admin:index", "admin:login", "admin:auth_group_change"} <= set(found)
    assert found["admin:auth_group_change"].view.endswith("ModelAdmin.change_view")
    assert "django/contrib/admin/" in found["admin:login"].source
