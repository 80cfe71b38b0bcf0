"""A mistake where URLs of others are declared is told before it lets anybody in."""

import sys
from types import ModuleType

import pytest
from django.urls import clear_url_caches, path
from gatehouse import views

from django_base.gate import declare, declare_include, requires_staff
from django_base.gate.checks import check_urls
from django_base.gate.others import _declared, _declared_in, declaration_for
from django_base.views import accepts_any, any_member
from schemas import ConfigurationError

GATE = "django_base.middleware.GateMiddleware"
CONTEXT = "django_base.middleware.ContextMiddleware"
AUTH = "django.contrib.auth.middleware.AuthenticationMiddleware"


@pytest.fixture
def site(settings):
    """Makes a URLconf of the given source, the root of the site for the test."""
    before = list(_declared)

    def made(source, *patterns):
        module = ModuleType("a_site")
        sys.modules["a_site"] = module
        module.urlpatterns = list(patterns)
        exec(source, vars(module))  # noqa: S102 - what a module of a site holds
        settings.MIDDLEWARE = [AUTH, CONTEXT, GATE]
        settings.ROOT_URLCONF = "a_site"
        clear_url_caches()
        _declared_in.cache_clear()
        return [message.id.removeprefix("backstory.") for message in check_urls()]

    yield made
    _declared[:] = before
    del sys.modules["a_site"]
    clear_url_caches()
    _declared_in.cache_clear()


IMPORTS = """
from django_base.gate import declare, requires_staff
from django_base.views import any_member, public
"""


def test_each_undeclared_view_is_an_error_with_the_way_out(site):
    """The site does not start."""
    site(IMPORTS, path("a/<int:key>/", views.forgotten, name="a"), path("page/", views.page))

    [message] = check_urls()

    assert message.id == "backstory.E040"
    assert "gatehouse.views.forgotten at 'a/<int:key>/'" in message.msg
    assert "declare('a', …, reason=…)" in message.hint
    assert "gatehouse/views.py:" in message.hint


def test_declared_views_are_no_error(site):
    """By name, or by the dotted name of the view."""
    patterns = path("a/", views.forgotten, name="a"), path("c/", views.Page.as_view())
    declared = """
declare("a", any_member, reason="a test")
declare("gatehouse.views.Page", public(reason="a test"))
"""
    assert site(IMPORTS + declared, *patterns) == []


def test_a_declaration_that_covers_nothing_is_an_error(site):
    """A name that was changed would otherwise go unnoticed."""
    assert site(IMPORTS + "declare('gone', any_member, reason='a test')") == ["E041"]


def test_a_declaration_of_what_declares_itself_covers_nothing(site):
    """The view's own word counts; another one misleads those who read the URLconf."""
    declared = "declare('page', requires_staff, reason='a test')"

    assert site(IMPORTS + declared, path("page/", views.page, name="page")) == ["E041"]


def test_one_name_for_several_views_is_an_error(site):
    """Opening the login must not open a page that happens to be called so."""
    patterns = [
        path("a/", views.forgotten, name="login"),
        path("b/", views.Page.as_view(), name="login"),
    ]
    assert site(IMPORTS + "declare('login', any_member, reason='a test')", *patterns) == ["E042"]


def test_a_declaration_outside_of_the_urlconf_is_an_error(site):
    """It would count nowhere, and look as if it did."""
    declare("a", any_member, reason="a test")  # this module is none

    assert site("", path("a/", views.forgotten, name="a")) == ["E040", "E043"]


def test_the_gate_before_those_it_needs_is_an_error(site, settings):
    """It would take everybody for a stranger."""
    site("")
    settings.MIDDLEWARE = [GATE, AUTH, CONTEXT]

    assert [message.id for message in check_urls()] == ["backstory.E044"] * 2


def test_without_the_gate_one_warning_says_so(site, settings):
    """A service may begin with capture alone."""
    site("", path("a/", views.forgotten))
    settings.MIDDLEWARE = []

    assert [message.id for message in check_urls()] == ["backstory.W040"]


@pytest.mark.parametrize("rule", [any_member, requires_staff])
def test_a_declaration_needs_a_reason(rule):
    """Without one nobody can judge it later."""
    with pytest.raises(ConfigurationError, match="has no reason"):
        declare("x", rule)
    with pytest.raises(ConfigurationError, match="has no reason"):
        declare_include([], rule, reason=" ")


def test_a_declaration_says_who():
    """That a hook takes any body does not say who may send it."""
    with pytest.raises(ConfigurationError, match="does not say who"):
        declare("x", accepts_any(reason="a hook"), reason="a hook")


def test_two_rules_for_one_name_are_refused(site):
    """Which of them holds must not depend on their order."""
    with pytest.raises(ConfigurationError, match="twice"):
        site(IMPORTS + "declare('a', any_member, reason='1')\ndeclare('a', public(reason='2'))")


def test_a_url_counts_before_its_view(site):
    """It is the more precise one, whichever was said first."""
    view = "declare('gatehouse.views.forgotten', public(reason='a'))\n"
    url = "declare('a', requires_staff, reason='b')\n"

    for said in (view + url, url + view):
        del _declared[:]
        site(IMPORTS + said, path("a/", views.forgotten, name="a"), path("b/", views.forgotten))
        assert declaration_for(views.forgotten, "a", None).permission is requires_staff
        assert declaration_for(views.forgotten, "", None).relaxes("public")
