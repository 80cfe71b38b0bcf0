"""Writes by other doors of Django: fixtures, migrations, other databases, async."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from bazaar.models import Favourite, Guild, NoodleStall, Stall, Tag
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import connection, connections, migrations
from django.db.migrations.state import ProjectState

from .witness import exactly

pytestmark = pytest.mark.django_db


def test_fixtures_are_told(tmp_path):
    """loaddata saves rows as they are, tables of parents each by itself."""
    guild = Guild.objects.create(name="Weavers")
    noodle = NoodleStall.objects.create(
        name="Udon", guild=guild, cuisine="jp", opened_at=datetime(2026, 5, 17, tzinfo=UTC)
    )
    noodle.tags.add(Tag.objects.create(code="hot"))
    rows = [Stall.objects.get(), noodle.foodstall_ptr, noodle, Tag.objects.get()]
    fixture = tmp_path / "fair.json"
    fixture.write_text(serializers.serialize("json", rows))
    with exactly() as unchanged:
        call_command("loaddata", fixture, verbosity=0)
    noodle.delete()
    Tag.objects.all().delete()
    with exactly() as told:
        call_command("loaddata", fixture, verbosity=0)

    assert {event.type for event in told} == {"model.created"}
    assert len(told) == 5
    assert unchanged == []


def test_data_migrations_are_told_of_the_model_of_today():
    """A historical model has no base class, no methods and no options of ours."""
    Guild.objects.create(name="Weavers")

    def forwards(then, schema_editor):
        guild = then.get_model("bazaar", "Guild")
        stall = then.get_model("bazaar", "Stall")
        guild.objects.update(name="Dyers")
        made = stall.objects.create(name="Tea", guild=guild.objects.get(), price=Decimal("1.5"))
        made.tags.create(code="hot")
        stall.objects.bulk_create([stall(name="Salt")])

    def backwards(then, schema_editor):
        then.get_model("bazaar", "Stall").objects.all().delete()

    state = ProjectState.from_apps(apps)
    operation = migrations.RunPython(forwards, backwards)
    with exactly() as told, connection.schema_editor() as editor:
        operation.database_forwards("bazaar", editor, state, state)
    with exactly() as undone, connection.schema_editor() as editor:
        operation.database_backwards("bazaar", editor, state, state)

    assert [event.type for event in told] == ["model.updated", *["model.created"] * 4]
    assert {event.type for event in undone} == {"model.deleted"}


def test_sql_of_a_migration_is_told():
    """RunSQL sends what it is given."""
    state = ProjectState.from_apps(apps)
    operation = migrations.RunSQL(
        ["INSERT INTO bazaar_tag VALUES ('hot')", ("UPDATE bazaar_tag SET code = %s", ["cold"])]
    )
    with exactly() as told, connection.schema_editor() as editor:
        operation.database_forwards("bazaar", editor, state, state)

    assert [event.type for event in told] == ["model.created", "model.updated"]


def test_async_methods_are_told():
    """They are the same methods on another thread."""

    async def write():
        guild = await Guild.objects.acreate(name="Weavers")
        stall, _ = await Stall.objects.aget_or_create(name="Tea", guild=guild)
        await Stall.objects.aupdate_or_create(name="Tea", defaults={"amount": 5})
        await Favourite.objects.abulk_create([Favourite(name="Salt"), Favourite(name="Oil")])
        await Stall.objects.filter(name="Oil").aupdate(amount=7)
        stall.price = 9
        await stall.asave(update_fields=["price"])
        await stall.tags.aadd(await Tag.objects.acreate(code="hot"))
        await stall.tags.aset([])
        await stall.adelete()
        await Stall.objects.all().adelete()

    with exactly() as told:
        async_to_sync(write)()

    kinds = Counter(event.type.removeprefix("model.") for event in told)
    assert kinds == {"created": 6, "updated": 3, "deleted": 4}


@pytest.fixture
def branch(databases, transactional_db):
    """Another database of the same models, under an alias of its own."""
    made = connection.copy("branch")
    connection.close()  # what is in use cannot be copied
    url = databases.create(template=connection.settings_dict["NAME"])
    made.settings_dict["NAME"] = url.rpartition("/")[2]
    connections["branch"] = made
    yield "branch"
    made.close()
    del connections["branch"]
    databases.drop(url)


def test_another_database_is_told_in_its_own_outbox(branch):
    """``using`` says where; each database has its own triggers and its own events."""
    with exactly() as here, exactly(branch) as there:
        guild = Guild.objects.using(branch).create(name="Weavers")
        Stall(name="Tea", guild=guild).save(using=branch)
        Stall.objects.using(branch).update(amount=3)
        guild.delete(using=branch)

    assert here == []
    assert len(there) == 5
