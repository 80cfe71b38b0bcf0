"""What a view says of itself, and how it may say it."""

from functools import partial

import pytest

from django_base.permissions import Permission, permission
from django_base.views import (
    ATTRIBUTE,
    Declaration,
    accepts_any,
    any_member,
    declaration_of,
    public,
)
from schemas import ConfigurationError


class IsMember(Permission):
    def test(self, actor, entity):
        return True


class IsAuditor(IsMember):
    pass


class HasRole(Permission):
    def __init__(self, role):
        self.role = role

    def test(self, actor, entity):
        return True


def test_a_class_stands_for_its_instance_where_permissions_are_put_together():
    """``IsMember | IsAdmin`` of two classes is otherwise a type of typing's."""
    made = Declaration.of(permission=IsMember | IsAuditor)

    assert made.permission.name == "or"
    assert [type(leaf) for leaf in made.permission.leaves] == [IsMember, IsAuditor]


def test_two_permissions_with_the_same_attributes_are_one_question():
    """It is asked once, though two places made one each."""
    assert HasRole("admin") == HasRole("admin")
    assert len({HasRole("admin"), HasRole("admin"), HasRole("auditor"), IsMember()}) == 3


def test_what_is_said_for_get_holds_for_head():
    """Both give the same page away."""
    made = Declaration.of(permission={"GET": IsMember, "POST": HasRole("admin")})

    assert made.permission_for("HEAD") == IsMember()
    assert made.permission_for("POST") == HasRole("admin")
    assert made.permission_for("DELETE") is None


def test_a_declaration_that_names_nobody_is_empty():
    """An entity alone says nothing about who may see it."""
    assert Declaration.of().is_empty
    assert Declaration.of(relaxed=accepts_any(reason="a webhook")).is_empty
    assert not Declaration.of(relaxed=any_member).is_empty
    assert not Declaration.of(relaxed=public(reason="the front page")).is_empty


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_a_relaxation_needs_its_reason(reason):
    """It is read by those who ask why."""
    with pytest.raises(ConfigurationError, match="say why"):
        public(reason=reason)


def test_what_is_no_permission_is_refused_by_name():
    """A function that nobody decorated would be true for everybody."""
    with pytest.raises(ConfigurationError, match="is no permission"):
        Declaration.of(permission=lambda actor, entity: True)


def test_a_permission_asks_of_two_or_three_things():
    """Any other signature would fail in front of a visitor."""
    with pytest.raises(ConfigurationError, match="must ask of"):
        Declaration.of(permission=permission(lambda actor: True))


def test_it_is_found_on_a_callback_and_through_partials():
    """The walk over the URLconf finds both."""

    def view(request):
        return None

    made = Declaration.of(relaxed=any_member)
    setattr(view, ATTRIBUTE, made)

    assert declaration_of(view) is made
    assert declaration_of(partial(partial(view))) is made
    assert declaration_of(lambda request: None) is None
