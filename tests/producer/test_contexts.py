"""The context of a row is what its comment says, whichever way it was read."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer import Source
from producer.contexts import Contexts
from schemas import Actor, Context, Database, Request, context_from_comment, context_to_comment
from tests.producer.rows_making import a_row

SOURCE = Source(name="captable", believed_roles=frozenset({"app"}))
PLAIN = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", max_size=40)
ANY = st.text(max_size=40)
VALUES = PLAIN | ANY

CONTEXTS = st.builds(
    Context,
    actor=st.builds(Actor, id=VALUES, username=ANY),
    request=st.builds(
        Request,
        id=VALUES,
        path=st.lists(VALUES, max_size=5).map("/".join),
        user_agent=ANY,
    ),
    action=VALUES,
    action_id=VALUES,
    parent_action_id=VALUES,
    cause=VALUES,
    reason=st.just("") | ANY,
    entity=VALUES,
    trace=VALUES,
    origin=st.sampled_from(["web", "task", "command"]),
)


def read(contexts: Contexts, comment: str) -> Context:
    """Return the context of a row that came with a comment."""
    found = contexts.of(a_row(context=comment, role="app"))
    context = msgspec.json.decode(found.context(), type=Context)
    assert found.trace == context.trace
    assert found.request == (context.request.id if context.request else "")
    return context


@given(st.lists(CONTEXTS, min_size=2, max_size=4))
def test_what_a_comment_says_is_what_its_row_has(said: list[Context]) -> None:
    """Parts of one comment are remembered for the next; no value may stay behind or go astray."""
    contexts = Contexts(SOURCE)
    for context in said:
        comment = context_to_comment(context)[2:-2]
        assert read(contexts, comment) == context_from_comment(comment)


@pytest.mark.parametrize(
    "comment",
    [
        "path='a',path='b',request='r'",
        "request='r',request='s'",
        "xpath='a',request='r'",
        "browser='path='a',request='r'",
        "action='x\\'',path='%2Fa',request='r'",
        "action = 'x', path = '/a', request = 'r'",
        "path='%2Fa%27',request='r'",
        "request='r%00',traceparent=''",
        "ip='10.0.0.1',path='~._-',request='r'",
        "actor_name='%F0%9F%98%80',path='a',request='r'",
        "path='',request='',origin='web'",
    ],
)
def test_comment_typed_by_hand_is_read_as_it_stands(comment: str) -> None:
    """Anybody may write a comment; a shortcut for ours must not read it differently."""
    contexts = Contexts(SOURCE)
    ordinary = "action='x',path='%2Fother',request='other',traceparent='00-0-0-00'"
    for each in (comment, ordinary, comment):
        assert read(contexts, each) == context_from_comment(each)


def test_a_comment_that_was_cut_is_no_context() -> None:
    """Half a comment may name the actor and lack the reason: it tells that it was not read."""
    contexts = Contexts(SOURCE)
    whole = "actor='7',action='" + "x" * 65_514 + "'"
    assert len(whole) == 65_533

    assert read(contexts, whole).actor == Actor(id="7")
    for role in ("app", "operator"):
        found = contexts.of(a_row(context=whole + " ", role=role))
        context = msgspec.json.decode(found.context(), type=Context)
        assert (context.actor, context.origin, context.claimed) == (None, "outside", False)
        assert context.database == Database(role=role, application="web", address="10.0.0.1")
        assert "over 65,000 characters" in context.reason
