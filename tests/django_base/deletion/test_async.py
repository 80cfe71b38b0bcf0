"""The asynchronous variants do what the others do, with the context of their task."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import async_to_sync
from vault.models import Folder, Safe

from django_base import Deletion, RestoreConflict, bind_context

pytestmark = pytest.mark.django_db(transaction=True)


def run(work: Callable[[], Awaitable[object]]) -> object:
    """Run it in an event loop, on this thread's connection."""
    return async_to_sync(work)()


@pytest.fixture
def safe() -> Safe:
    made = Safe.objects.create(name="north")
    Folder.objects.create(safe=made, number="1")
    return made


def live() -> tuple[int, int]:
    return Safe.objects.count(), Folder.objects.count()


def test_object_is_voided_and_restored(safe):
    """With what depends on it; the counts are Django's."""

    async def work():
        total, counts = await safe.adelete()
        assert (total, counts["vault.Safe"]) == (2, 1)

    run(work)
    assert (live(), safe.is_void) == ((0, 0), True)

    run(safe.arestore)
    assert live() == (1, 1)


def test_querysets_are_voided_and_restored(safe):
    """In one deletion."""
    run(Safe.objects.filter(name="north").adelete)
    assert live() == (0, 0)

    run(Safe.objects.all().arestore)
    assert live() == (1, 1)


def test_conflict_is_raised(safe):
    """The same one."""
    run(safe.adelete)
    Safe.objects.create(name="north")

    with pytest.raises(RestoreConflict, match="value"):
        run(safe.arestore)


def test_deletion_knows_who_and_why_of_its_own_task(safe):
    """Two tasks at once do not mix their contexts."""
    south = Safe.objects.create(name="south")

    async def void(obj: Safe, reason: str) -> None:
        with bind_context(reason=reason):
            await obj.adelete()

    async def work():
        await asyncio.gather(void(safe, "sold"), void(south, "burnt"))

    run(work)

    told = {each.pk: each.context for each in Deletion.objects.all()}
    for obj, reason in ((safe, "sold"), (south, "burnt")):
        found = Safe.objects.all_objects_including_void().get(pk=obj.pk)
        assert f"reason='{reason}'" in told[found.void_id]
