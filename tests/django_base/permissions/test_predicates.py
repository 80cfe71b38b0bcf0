"""Rules of two values: anything else is an error, and never a yes."""

import asyncio

import pytest
from estate.models import Folder

from django_base.permissions import (
    Evaluation,
    NoQuerysetForm,
    NotAVerdict,
    Permission,
    PermissionIsAsync,
    permission,
    rows,
)


def saying(answer):
    return permission(lambda actor, entity: answer)


YES, NO = saying(True), saying(False)


def holds(rule, **named):
    return Evaluation("ann", "firm").explain(rule, named).holds


def test_rules_are_put_together_as_in_logic():
    """``&``, ``|`` and ``~``."""
    assert holds(YES & ~NO)
    assert holds(NO | YES)
    assert not holds(YES & NO)
    assert not holds(~(YES | NO))
    assert holds(~(YES & NO) & YES)


@pytest.mark.parametrize("answer", [None, 1, 0, "no", "", [], object()])
def test_what_is_neither_true_nor_false_is_an_error(answer):
    """A truthy value would let in, a falsy one would hide a mistake."""
    with pytest.raises(NotAVerdict, match="return True or False"):
        holds(saying(answer))
    with pytest.raises(NotAVerdict):
        holds(~saying(answer))


def test_a_coroutine_in_disguise_is_no_verdict():
    """A plain function that returns one is true for everybody, as usual packages take it."""

    async def never():
        return False

    with pytest.raises(NotAVerdict, match="coroutine"):
        holds(permission(lambda actor, entity: never()))


def test_a_coroutine_function_is_an_error_under_sync():
    """It is never called there."""

    @permission
    async def refuses(actor, entity):
        raise AssertionError

    with pytest.raises(PermissionIsAsync, match="refuses"):
        holds(refuses)


def test_a_coroutine_function_is_awaited_under_async():
    """Beside plain ones."""

    @permission
    async def refuses(actor, entity):
        return False

    async def answers():
        evaluation = Evaluation("ann", "firm")
        return [(await evaluation.aexplain(rule)).holds for rule in (refuses, ~refuses & YES)]

    assert asyncio.run(answers()) == [False, True]


class Thing:
    def __init__(self, pk):
        self.pk = pk


def test_a_question_is_asked_once_for_an_object_and_a_request(monkeypatch):
    """However many rules ask it, and in whichever place it was made."""
    monkeypatch.setattr("django_base.permissions.evaluation.subject_of", str)
    asked = []

    class IsOwn(Permission):
        def __init__(self, kind):
            self.kind = kind

        def test(self, actor, entity, obj):
            asked.append(obj.pk)
            return True

    class IsMember(Permission):
        def test(self, actor, entity):
            asked.append("member")
            return True

    evaluation = Evaluation("ann", "firm")
    one, two = Thing(1), Thing(2)
    for _ in range(3):
        rule = IsMember & IsOwn("a") & (IsOwn("a") | IsOwn("b"))
        assert evaluation.explain(rule, {"thing": [one, two, one]}).holds
    assert asked == ["member", 1, 2]


def test_a_rule_of_objects_without_an_object_says_no():
    """All of none would be a yes."""

    class IsOwn(Permission):
        def test(self, actor, entity, obj):
            return True

    assert not holds(IsOwn())
    assert not holds(~IsOwn())
    assert holds(IsOwn().on("holder"))


def test_a_rule_may_be_asked_of_one_parameter_only(monkeypatch):
    """Where the objects of a request are of several kinds."""
    monkeypatch.setattr("django_base.permissions.evaluation.subject_of", str)

    class IsSmall(Permission):
        def test(self, actor, entity, obj):
            return obj.pk < 10

    named = {"holder": [Thing(1), Thing(2)], "other": [Thing(99)]}

    assert holds(IsSmall().on("holder") & YES, **named)
    assert not holds(IsSmall().on("other"), **named)
    assert not holds(IsSmall(), **named)


def test_a_denial_is_explained_as_a_tree():
    """For the log: which question decided, and what was asked before it."""

    class HasRole(Permission):
        def __init__(self, role):
            self.role = role

        def test(self, actor, entity):
            return self.role == "reader"

    found = Evaluation("ann", "firm").explain(HasRole("reader") & (NO | HasRole("admin")))

    assert found.leaf == f"{HasRole.__qualname__}(role='admin')"
    assert [line.split(": ")[0] for line in str(found).splitlines()] == [
        "no",
        "  yes",
        "  no",
        "    no",
        "    no",
    ]


def test_a_rule_of_objects_without_a_queryset_form_is_an_error_in_a_list():
    """No condition would show all rows."""

    class IsOwn(Permission):
        def test(self, actor, entity, obj):
            return True

    with pytest.raises(NoQuerysetForm, match="IsOwn"):
        rows(IsOwn(), Evaluation("ann", "firm"), Thing)


def test_objects_without_a_key_are_asked_each():
    """An answer is kept by the key, and new objects have none."""

    @permission
    def is_fine(actor, entity, obj):
        return obj.number == "fine"

    evaluation = Evaluation("ann", "firm")

    assert evaluation.explain(is_fine, {"": [Folder(number="fine")]}).holds
    assert not evaluation.explain(is_fine, {"": [Folder(number="not")]}).holds
