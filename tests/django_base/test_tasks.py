"""What a task writes tells who queued it, and why: real workers, a broker in a folder."""

from datetime import timedelta

import pytest
from celery import chain, chord, group
from django.test import Client
from django.utils.timezone import now
from shop.models import Company
from shop.tasks import app, fail, found, found_in_action, try_again, use

from django_base import action, bind_context, current_context
from infra.waiting import wait_until
from schemas import Actor, Context, context_from_comment
from tests.django_base.processes import celery

pytestmark = pytest.mark.django_db(transaction=True)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The broker's folder."""
    made = tmp_path_factory.mktemp("celery")
    use(made)
    return made


@pytest.fixture(scope="module", params=["prefork", "threads"])
def worker(request, folder, django_db_setup, django_db_blocker):
    """A worker with two places, on the test database."""
    options = [f"--pool={request.param}", "--concurrency=2"]
    app.control.purge()
    with django_db_blocker.unblock(), celery(folder, "worker", *options):
        yield


@pytest.fixture
def written(captured):
    """Gives the context of each company's creation, by name."""

    def contexts():
        return {
            row.new[0]["name"]: context_from_comment(row.context or "")
            for row in captured()
            if row.kind == "insert" and row.name == "shop.Company"
        }

    return contexts


def wait(*results):
    for result in results:
        result.get(timeout=60, interval=0.02)


def test_a_task_carries_who_queued_it_and_why(worker, written):
    """The name and id of the task are those of the action; the request is the cause."""
    with (
        bind_context(actor=Actor(id="7", username="ann"), reason="50% 'off' */ \U0001f600"),
        bind_context(entity="shop.Company/3", trace=TRACE),
        action("sale.begin") as begun,
    ):
        queued = found.delay("a")
    wait(queued)

    assert written()["a"] == Context(
        actor=Actor(id="7", username="ann"),
        reason="50% 'off' */ \U0001f600",
        entity="shop.Company/3",
        trace=TRACE,
        action="shop.found",
        action_id=queued.id,
        parent_action_id=begun.id,
        origin="task",
    )


def test_the_request_that_queued_it_is_the_cause(worker, written):
    """Also of what that task queues in its turn."""
    Client().get("/queue/a/", headers={"X-Request-ID": "the-request"})
    assert wait_until(lambda: Company.objects.count() == 2, timeout_s=60)

    first, second = written().values()

    assert (first.cause, first.request, first.action) == ("the-request", None, "company.found")
    assert (second.cause, second.action) == ("the-request", "shop.found")
    assert second.parent_action_id == first.action_id


def test_retries_chains_groups_and_later_tasks_keep_it(worker, written):
    """However the message comes to the worker."""
    with bind_context(actor="7", reason="why"), action("many.tasks") as begun:
        retried = try_again.delay("retry")
        wait(
            retried,
            group(found.si("left"), found.si("right"))(),
            chain(found.si("first"), found.si("second"))(),
            found.apply_async(["later"], eta=now() + timedelta(milliseconds=100)),
        )

    contexts = written()

    assert len(contexts) == 8
    assert {(c.actor.id, c.reason, c.origin) for c in contexts.values()} == {("7", "why", "task")}
    tries = [contexts[f"retry {number}"] for number in range(3)]
    assert [(c.action_id, c.parent_action_id) for c in tries] == [(retried.id, begun.id)] * 3
    assert contexts["second"].parent_action_id == contexts["first"].action_id
    assert {contexts[name].parent_action_id for name in ("left", "first", "later")} == {begun.id}


def test_a_chord_keeps_it_to_its_end(worker, written):
    """What runs when all the others have ended; that Celery looks for it is no step between."""
    with bind_context(actor="7", reason="why"), action("many.tasks") as begun:
        ended = chord([found.s("left"), found.s("right")])(found.si("all"))
    with bind_context(actor="8"):
        found.delay("another's")
    wait(ended)

    contexts = written()

    for name in ("left", "right", "all"):
        context = contexts[name]
        assert (context.actor, context.reason) == (Actor(id="7"), "why")
        assert (context.origin, context.action) == ("task", "shop.found")
        assert context.parent_action_id == begun.id
    assert contexts["all"].action_id == ended.id


def test_nothing_leaks_into_the_next_task(worker, written):
    """More tasks than places, failing ones between them, each with an actor of its own or none."""
    queued = []
    for number in range(20):
        with bind_context(actor=number, reason=f"reason {number}"):
            queued += [found.delay(str(number)), fail.delay()]
        queued.append(found.delay(f"nobody {number}"))
    for each in queued:
        each.get(timeout=60, interval=0.02, propagate=False)

    contexts = written()

    for number in range(20):
        mine, nobodys = contexts[str(number)], contexts[f"nobody {number}"]
        assert (mine.actor, mine.reason) == (Actor(id=str(number)), f"reason {number}")
        assert (nobodys.actor, nobodys.reason, nobodys.action) == (None, "", "shop.found")


def test_what_beat_sends_is_a_task_with_its_name(worker, folder, written):
    """Nobody asked for it: it has no actor and no cause."""
    with celery(folder, "beat", f"--pidfile={folder / 'beat.pid'}"):
        assert wait_until(Company.objects.exists, timeout_s=60)

    context = written()["ticked"]

    assert (context.origin, context.action) == ("task", "shop.tick")
    assert (context.actor, context.cause, context.parent_action_id) == (None, "", "")


def test_a_task_run_in_place_is_a_task_of_where_it_is_called(written):
    """``apply`` and always-eager settings send no message; the caller's context is back after."""
    with bind_context(actor="7", reason="why"), action("many.tasks") as begun:
        try_again.apply(["a"])
        found_in_action.apply(["b"])
        assert current_context().action == "many.tasks"

    contexts = written()

    assert {(c.actor.id, c.reason, c.origin) for c in contexts.values()} == {("7", "why", "task")}
    tries = [contexts[f"a {number}"] for number in range(3)]
    assert {c.parent_action_id for c in tries} == {begun.id}
    assert len({c.action_id for c in tries}) == 1
