"""Real migrations of a project while others write: no write fails, and none is lost."""

import json
from pathlib import Path
from threading import Event as Flag
from typing import Any

import psycopg
import pytest

from infra.testing import Databases
from producer import MemoryPublisher, new_source
from schemas import Event
from tests.django_base.migrating import MODELS, Project, Writer, working
from tests.django_base.robustness.past import rebuilt, stored


@pytest.fixture
def project(tmp_path: Path, databases: Databases) -> Project:
    """The project in its first version, deployed."""

    def prepare(url: str) -> None:
        Project(tmp_path, url).run("migrate", "-v0")

    made = Project(tmp_path, "")
    made.write()
    made.url = databases.create(template=databases.template("estate", prepare))
    with psycopg.connect(made.url) as connection:
        new_source(connection, "estate")  # the copy of a template is another database
    return made


def ask(project: Project, statement: str, *params: object) -> Any:
    with psycopg.connect(project.url) as connection:
        found = connection.execute(statement, params or None)
        return found.fetchall() if found.description else None


def changes(events: list[Event]) -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, json.loads(bytes(event.data))) for event in events]


OPERATIONS = {
    "add a column": (
        MODELS.replace("    rooms", "    city = models.TextField(null=True)\n    rooms"),
        'migrations.AddField("House", "city", models.TextField(null=True))',
    ),
    "rename a column": (
        MODELS.replace("    rooms", "    chambers"),
        'migrations.RenameField("House", "rooms", "chambers")',
    ),
    "remove a column": (
        MODELS.replace("    rooms", "    # rooms"),
        'migrations.RemoveField("House", "rooms")',
    ),
    "change a type": (
        MODELS.replace("rooms = models.IntegerField", "rooms = models.FloatField"),
        'migrations.AlterField("House", "rooms", models.FloatField(null=True))',
    ),
    "rename a column in the database": (
        MODELS.replace("IntegerField(null=True)", "IntegerField(null=True, db_column='r')"),
        'migrations.AlterField("House", "rooms", models.IntegerField(null=True, db_column="r"))',
    ),
    "add many to many": (
        MODELS.replace(
            "    rooms", "    tenants = models.ManyToManyField(Owner, related_name='+')\n    rooms"
        ),
        'migrations.AddField("House", "tenants",'
        ' models.ManyToManyField("estate.Owner", related_name="+"))',
    ),
    "fill a new column": (
        MODELS.replace("    rooms", "    city = models.TextField(null=True)\n    rooms"),
        'migrations.AddField("House", "city", models.TextField(null=True)),'
        'migrations.RunSQL("UPDATE estate_house SET city = street")',
    ),
    "rename a table": (
        MODELS.replace("class House", "class Home"),
        'migrations.RenameModel("House", "Home")',
    ),
    "remove a table": (
        MODELS[: MODELS.index("class House")],
        'migrations.DeleteModel("House")',
    ),
}
TABLES = ("estate_house", "estate_home")
UNTIL_PUBLISHED = """
DO $$ BEGIN
    WHILE EXISTS (SELECT FROM backstory_outbox o, backstory_relay r
        WHERE NOT pg_visible_in_snapshot(o.xid, r.snapshot)) LOOP
        PERFORM pg_sleep(0.02);
    END LOOP;
END $$
"""


@pytest.mark.parametrize(("models", "operations"), OPERATIONS.values(), ids=OPERATIONS)
def test_a_migration_while_others_write_breaks_no_write_and_loses_none(
    project: Project, models: str, operations: str
):
    """The old code writes on, and the relay publishes, while the new one changes the tables."""
    writers = [Writer(project.url, TABLES) for _ in range(2)]
    publisher, stop = MemoryPublisher(), Flag()
    project.change(models, operations)
    with working(project.url, *writers, relay=project.relay(publisher, stop), stop=stop):
        project.run("migrate", "-v0")

    events = project.relayed(publisher)

    assert [writer.failures for writer in writers] == [[], []]
    assert [event for event in events if event.type == "event.set_aside"] == []
    told = changes([each for each in events if (each.subject or "").startswith("estate.Ho")])
    written = sum(writer.written for writer in writers)
    assert sum(kind == "model.created" for kind, _ in told) == written
    updates = [data for kind, data in told if kind == "model.updated"]
    assert sum("street" in data["after"] for data in updates) == written
    project.run("check", "--database", "default", "--fail-level", "WARNING")


def test_what_a_data_migration_writes_into_its_new_column_is_published(project: Project):
    """The relay is told of new columns before they come, or it would hold back their values."""
    ask(project, "INSERT INTO estate_house (street) VALUES ('Ring')")
    publisher, stop = MemoryPublisher(), Flag()
    models, operations = OPERATIONS["fill a new column"]
    project.change(models, operations)
    project.change(models, f'migrations.RunSQL("""{UNTIL_PUBLISHED}""")')
    with working(project.url, relay=project.relay(publisher, stop), stop=stop):
        project.run("migrate", "-v0")

    events = project.relayed(publisher)

    [data] = [data for kind, data in changes(events) if kind == "model.updated"]
    assert (data["before"], data["after"]) == ({"city": None}, {"city": "Ring"})
    assert "unknown" not in data


@pytest.mark.parametrize("operation", ["rename a column", "remove a column"])
def test_what_was_written_before_a_migration_is_published_after_it(
    project: Project, operation: str
):
    """The relay may be down while the tables change: it still knows what the columns were."""
    ask(project, "INSERT INTO estate_house (street, rooms) VALUES ('Ring', 3)")
    ask(project, "UPDATE estate_house SET rooms = 4")
    project.change(*OPERATIONS[operation])
    project.run("migrate", "-v0")
    if operation == "rename a column":
        ask(project, "UPDATE estate_house SET chambers = 5")

    told = changes(
        [e for e in project.relayed(MemoryPublisher()) if str(e.subject).startswith("estate.House")]
    )

    assert [data["after"] for _, data in told[:2]] == [
        {"id": 1, "street": "Ring", "rooms": 3, "owner": None},
        {"rooms": 4},
    ]
    assert [data["after"] for _, data in told[2:]] == (
        [{"chambers": 5}] if operation == "rename a column" else []
    )


def test_a_column_that_nobody_has_described_is_held_back_until_it_is(project: Project):
    """Somebody adds it by hand: what is in it may be a secret, and the write is told anyhow."""
    publisher = MemoryPublisher()
    ask(project, "ALTER TABLE estate_house ADD city text")
    ask(project, "INSERT INTO estate_house (street, city) VALUES ('Ring', 'Wien')")
    held_back = changes(project.relayed(publisher))

    project.change(*OPERATIONS["add a column"])
    project.run("migrate", "-v0", "--fake")
    ask(project, "UPDATE estate_house SET city = 'Graz'")
    told = changes(project.relayed(publisher))

    [(kind, data)] = [each for each in held_back if "street" in each[1].get("after", {})]
    assert kind == "model.created"
    assert data["unknown"] == ["city"]
    assert "Wien" not in str(data)
    assert told[-1][1]["after"] == {"city": "Graz"}


def test_a_column_that_takes_the_name_of_a_removed_one_is_held_back(project: Project):
    """What the removed one was allowed to tell says nothing of what somebody adds by hand."""
    publisher = MemoryPublisher()
    project.change(*OPERATIONS["remove a column"])
    project.run("migrate", "-v0")
    project.run("backstory_install", "-v0")
    ask(project, "ALTER TABLE estate_house ADD rooms text")
    ask(project, "INSERT INTO estate_house (street, rooms) VALUES ('Ring', 'secret')")

    told = changes(project.relayed(publisher))

    [data] = [data for _, data in told if "street" in data.get("after", {})]
    assert data["unknown"] == ["rooms"]
    assert "secret" not in str(data)


def test_a_renamed_table_keeps_its_rows_and_gets_its_new_name(project: Project):
    """Its triggers say the old name until backstory_install has run, and both are known."""
    ask(project, "INSERT INTO estate_house (street) VALUES ('before')")
    project.change(*OPERATIONS["rename a table"])
    project.run("migrate", "-v0")
    ask(project, "INSERT INTO estate_home (street) VALUES ('after')")

    events = project.relayed(MemoryPublisher())

    houses = [str(event.subject) for event in events if str(event.subject).startswith("estate.Ho")]
    assert houses == ["estate.House/1", "estate.Home/2"]
    retired = ask(project, "SELECT label FROM backstory_model WHERE retired")
    assert retired == [("estate.House",)]


def test_changed_columns_are_rebuilt_from_their_events(project: Project):
    """A second deployment, and a third: the last events leave the rows as they are."""
    project.change(*OPERATIONS["add many to many"])
    project.run("migrate", "-v0")
    ask(project, "INSERT INTO estate_owner (name) VALUES ('Ann')")
    ask(project, "INSERT INTO estate_house (street, rooms, owner_id) VALUES ('Ring', 2, 1)")
    ask(project, "INSERT INTO estate_house_tenants (house_id, owner_id) VALUES (1, 1)")
    ask(project, "UPDATE estate_house SET rooms = 3")

    events = [e for e in project.relayed(MemoryPublisher()) if str(e.subject)[:7] == "estate."]

    labels = ("estate.Owner", "estate.House", "estate.House_tenants")
    assert rebuilt(events) == stored(*labels, execute=lambda *said: ask(project, *said))


def test_makemigrations_creates_nothing_for_us_in_other_packages(project: Project):
    """Tracking a model of Django's must not make a migration in Django's own folder."""
    said = project.run("makemigrations", "--check", "--dry-run")

    assert said.strip() == "No changes detected"
