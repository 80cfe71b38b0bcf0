"""Without a bound entity the rows of entities cannot be asked for, by any way."""

import asyncio
import threading

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from estate.models import Court, Firm, Folder, Paper

from django_base.context import current_context
from django_base.entities import (
    EntityAlreadyBound,
    EntityNotBound,
    across_entities,
    bind_entity,
    current_entity,
)
from schemas import ConfigurationError


@pytest.fixture
def required(own, other, settings):
    """As in a project that switched it on; what a test needs is there already."""
    settings.BACKSTORY = {**settings.BACKSTORY, "require_entity": True}


def raw_cursor():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM Estate_Folder AS f")


WAYS = {
    "exists": lambda: Folder.objects.filter(pk=1).exists(),
    "count": lambda: Paper.objects.count(),
    "list": lambda: list(Folder.objects.all()),
    "get": lambda: Paper.objects.filter(title="x").first(),
    "aggregate": lambda: Court.objects.filter(folder__number="x").count(),
    "join": lambda: list(Court.objects.filter(folder__firm=1)),
    "subquery": lambda: list(
        Court.objects.filter(Exists(Folder.objects.filter(court=OuterRef("pk"))))
    ),
    "raw": lambda: list(Folder.objects.raw("SELECT * FROM estate_folder")),
    "cursor": raw_cursor,
    "update": lambda: Folder.objects.filter(pk=1).update(number="x"),
    "create": lambda: Firm.objects.create(name="x"),
    "bulk": lambda: Folder.objects.bulk_create([Folder(firm_id=1)]),
    "base": lambda: Folder._base_manager.count(),
    "union": lambda: list(Folder.objects.values("pk").union(Paper.objects.values("pk"))),
    "prefetch": lambda: list(Court.objects.prefetch_related("folder_set")) or raw_cursor(),
}


@pytest.mark.parametrize("way", WAYS)
def test_rows_of_entities_are_refused_where_none_is_bound(required, way):
    """In a task, a consumer, a command: whichever forgot to say for whom it works."""
    with pytest.raises(EntityNotBound, match="estate_"):
        WAYS[way]()


def test_what_belongs_to_nobody_needs_no_entity(required):
    """Nor do users and sessions."""
    assert Court.objects.count() == 0


def test_with_a_bound_entity_they_can_be_asked_for(required, own):
    """And the entity is known to all code below, and to the events made there."""
    with bind_entity(own.firm):
        assert Folder.objects.filter(firm=current_entity()).count() == 1
        assert current_context().entity == f"estate.Firm/{own.firm.pk}"
    with pytest.raises(EntityNotBound):
        current_entity()
    assert current_context().entity == ""


def test_across_entities_says_why(required):
    """A reason is what a reader of the code looks for."""
    with across_entities(reason="the nightly report"):
        assert Folder.objects.count() == 2
    with pytest.raises(ConfigurationError, match="say why"):
        across_entities(reason="")


def test_within_an_entity_no_other_is_bound(required, own, other):
    """A loop over entities begins outside of them."""
    with bind_entity(own.firm), pytest.raises(EntityAlreadyBound, match=r"estate\.Firm"):
        bind_entity(other.firm)
    with across_entities(reason="each in turn"), bind_entity(own.firm):
        assert current_entity() == own.firm


def test_what_is_no_entity_cannot_be_bound(own):
    """A folder would be compared with firms."""
    with pytest.raises(ConfigurationError, match="is no entity"):
        bind_entity(own.folder)


def test_an_exception_leaves_no_entity_behind(own):
    """The next request of the thread would inherit it."""
    with pytest.raises(LookupError), bind_entity(own.firm):
        raise LookupError
    with pytest.raises(EntityNotBound):
        current_entity()


def test_a_cancelled_task_leaves_no_entity_behind(own):
    """Nor does it give its own to its neighbours."""

    async def bound(entered):
        with bind_entity(own.firm):
            entered.set()
            await asyncio.Event().wait()

    async def neighbours():
        entered = asyncio.Event()
        task = asyncio.ensure_future(bound(entered))
        await entered.wait()
        with pytest.raises(EntityNotBound):
            current_entity()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with pytest.raises(EntityNotBound):
            current_entity()

    asyncio.run(neighbours())


def test_a_thread_begins_without_an_entity(own):
    """It has to say for whom it works."""
    found = []

    def work():
        try:
            found.append(current_entity())
        except EntityNotBound:
            found.append(None)

    with bind_entity(own.firm):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [None]
