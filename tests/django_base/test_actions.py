"""Actions: one event that owns the changes made inside, or says why there are none."""

import asyncio
from contextlib import suppress

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection, connections, transaction
from shop.models import Company

from django_base import action, bind_context, record
from schemas import InvalidEvent, PageViewed, context_from_comment


def told(captured):
    """Kind or type, what it is about, and the action it carries."""
    return [
        (row.name, row.subject, context_from_comment(row.context or "").action)
        for row in captured()
    ]


@pytest.mark.django_db(transaction=True)
def test_an_action_owns_its_changes(captured):
    """Changes and event carry the same id, and the reason."""
    company = Company.objects.create(name="a")
    captured()
    with bind_context(actor="7"), action("company.rename", company, reason="typo") as renaming:
        company.name = "b"
        company.save()

    rows = captured()

    assert [row.name for row in rows] == ["shop.Company", "action.performed"]
    assert rows[1].subject == f"shop.Company/{company.pk}"
    assert rows[1].new["action"] == "company.rename"
    for row in rows:
        context = context_from_comment(row.context)
        assert (context.action, context.action_id) == ("company.rename", renaming.id)
        assert (context.reason, context.actor.id) == ("typo", "7")


@pytest.mark.django_db(transaction=True)
def test_a_failed_action_leaves_only_its_failure(captured):
    """What it wrote is rolled back; that it was tried is not."""
    with suppress(ZeroDivisionError), action("company.found", reason="why"):
        Company.objects.create(name="a")
        raise ZeroDivisionError

    (row,) = captured()

    assert row.name == "action.failed"
    assert row.new["error"] == "builtins.ZeroDivisionError"
    assert context_from_comment(row.context).reason == "why"
    assert not Company.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nested_actions_know_their_parent(captured):
    """An inner failure that the outer one survives is told as well, once."""
    with action("outer.action") as outer:
        with action("inner.action"):
            Company.objects.create(name="a")
        with pytest.raises(IntegrityError), action("inner.twice"):
            Company.objects.create(name="a")
        Company.objects.create(name="b")

    rows = captured()

    names = [(r.name, r.new["action"] if r.kind == "event" else "") for r in rows]
    assert names == [
        ("shop.Company", ""),
        ("action.performed", "inner.action"),
        ("shop.Company", ""),
        ("action.performed", "outer.action"),
        ("action.failed", "inner.twice"),
    ]
    parents = [context_from_comment(row.context).parent_action_id for row in rows]
    assert parents == [outer.id, outer.id, "", "", outer.id]


@pytest.mark.django_db(transaction=True)
def test_failures_of_a_failed_outer_action_are_told(captured):
    """The whole transaction is gone; both failures are there, the inner one first."""
    with pytest.raises(KeyError), action("outer.action"), action("inner.action"):
        raise KeyError("secret")

    rows = captured()

    assert [(row.name, row.new["action"]) for row in rows] == [
        ("action.failed", "inner.action"),
        ("action.failed", "outer.action"),
    ]
    assert "secret" not in str(rows)


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_is_a_failure(captured):
    """Deferred constraints are checked when everything seems to be done."""
    with pytest.raises(IntegrityError), action("watch.wrongly"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_watch (certificate_id, company_id) VALUES (0, 0)")

    assert [(row.name, row.new["error"]) for row in captured()] == [
        ("action.failed", "django.db.utils.IntegrityError")
    ]


@pytest.mark.django_db(transaction=True)
def test_marked_for_rollback_leaves_nothing(captured):
    """A dry run did nothing, and failed at nothing."""
    with transaction.atomic(), action("dry.run"):
        Company.objects.create(name="a")
        transaction.set_rollback(True)

    assert captured() == []


@pytest.mark.django_db(transaction=True)
def test_decorated_functions_are_actions(captured):
    """Each call is one of its own, with what the function returns."""

    @action("company.found")
    def found(name: str) -> Company:
        return Company.objects.create(name=name)

    assert (found("a").name, found("b").name) == ("a", "b")
    rows = captured()
    assert [row.name for row in rows] == ["shop.Company", "action.performed"] * 2
    ids = [context_from_comment(row.context).action_id for row in rows]
    assert ids[0] == ids[1] != ids[2] == ids[3]


@pytest.mark.django_db(transaction=True)
def test_coroutines_are_actions(captured):
    """Without a transaction, which Django does not have there, but with event and context."""

    @action("company.found")
    async def found(name: str) -> None:
        await Company.objects.acreate(name=name)

    @action("company.lose")
    async def lose() -> None:
        raise LookupError

    async def main() -> None:
        await found("a")
        with pytest.raises(LookupError):
            await lose()
        await sync_to_async(connections.close_all)()

    asyncio.run(main())
    assert told(captured) == [
        ("shop.Company", None, "company.found"),
        ("action.performed", None, "company.found"),
        ("action.failed", None, "company.lose"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_failure_that_outlives_the_block_around_it_is_told(captured):
    """A task that was begun inside an action, or in a request, and goes on when that has ended."""

    async def fail(has_ended: asyncio.Event) -> None:
        async with action("late.outer"), action("late.inner"):
            await has_ended.wait()
            raise LookupError

    async def main() -> None:
        has_ended = asyncio.Event()
        async with action("first.action"):
            late = asyncio.create_task(fail(has_ended))
            await asyncio.sleep(0)  # until it waits
        has_ended.set()
        with pytest.raises(LookupError):
            await late
        await sync_to_async(connections.close_all)()

    asyncio.run(main())
    assert [(row.name, row.new["action"]) for row in captured()] == [
        ("action.performed", "first.action"),
        ("action.failed", "late.inner"),
        ("action.failed", "late.outer"),
    ]


def test_a_reason_too_long_is_refused_on_entering():
    """Before anything is done."""
    with pytest.raises(InvalidEvent), action("x.y", reason="x" * 10_001):
        pytest.fail("entered")


@pytest.mark.django_db
def test_recorded_events_are_checked_where_they_are_made(captured):
    """An event that nobody could read would be found out too late."""
    with pytest.raises(InvalidEvent, match="duration_ms"):
        record(PageViewed(path="/", duration_ms=float("nan")))
    record(PageViewed(path="/ü", duration_ms=1.5), subject="shop.Company/3")

    (row,) = captured()

    assert (row.kind, row.name, row.version, row.subject) == (
        *("event", "page.viewed", 1, "shop.Company/3"),
    )
    assert (row.new["path"], row.new["duration_ms"]) == ("/ü", 1.5)


@pytest.mark.django_db(databases=["lite"])
def test_without_postgresql_nothing_happens_and_nothing_breaks():
    """A host project's tests may run on SQLite."""
    with action("some.thing", using="lite"):
        record(PageViewed(path="/", duration_ms=1), using="lite")
        Company.objects.using("lite").create(name="a")
    with pytest.raises(ZeroDivisionError), action("some.thing", using="lite"):
        raise ZeroDivisionError

    assert Company.objects.using("lite").count() == 1
