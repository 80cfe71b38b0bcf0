"""`backstory doctor`: a healthy installation passes, each fault is found and named with its fix."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer, TopicPartition

from infra.cli import main
from infra.doctor import Finding, examine
from infra.installation import Installation
from infra.testing import Databases
from producer import new_source

EXAMPLE = Path(__file__).parents[2] / "examples" / "captable"


def migrate_example(url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=EXAMPLE,
        env=os.environ | {"BACKSTORY_APP_URL": url, "CAPTABLE_SECRET_KEY": "x"},
        check=True,
        capture_output=True,
    )


@pytest.fixture
def app_url(databases: Databases) -> str:
    """The example's database, with capture as `manage.py migrate` puts it on, and a relay."""
    url = databases.create(template=databases.template("example", migrate_example))
    with psycopg.connect(url) as connection:
        new_source(connection, "captable")  # the copy of a template is another database
        connection.execute("UPDATE backstory_relay SET heartbeat = now(), holder = 'web-1'")
    return url


def execute(url: str | None, statement: str) -> None:
    with psycopg.connect(url or "") as connection:
        connection.execute(statement)


def errors(findings: Iterable[Finding]) -> list[str]:
    return [f"{each.check}: {each.problem}" for each in findings if each.severity == "error"]


def warnings(findings: Iterable[Finding]) -> list[str]:
    return [f"{each.check}: {each.problem}" for each in findings if each.severity == "warning"]


def test_a_healthy_installation_passes(installation: Installation):
    """Whoever runs it every night hears nothing until there is something."""
    found = errors(examine(installation))

    # The run's own server is quick because it does not wait for the disk.
    assert [each for each in found if not each.startswith("durability: fsync")] == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "ALTER TABLE captable_certificate DISABLE TRIGGER backstory_update",
            "trigger: the trigger for UPDATE on table 'captable_certificate'"
            " (captable.Certificate) is disabled",
        ),
        (
            "ALTER TABLE captable_certificate ENABLE TRIGGER backstory_update",
            "does not fire in every session",
        ),
        ("DROP TRIGGER backstory_delete ON captable_certificate", "is missing"),
        (
            "CREATE OR REPLACE TRIGGER backstory_truncate BEFORE TRUNCATE ON captable_certificate"
            " FOR EACH STATEMENT EXECUTE FUNCTION backstory_truncate('captable.Certificate');"
            " ALTER TABLE captable_certificate ENABLE ALWAYS TRIGGER backstory_truncate",
            "(captable.Certificate) was altered",
        ),
        (
            "ALTER FUNCTION backstory_insert() SECURITY INVOKER",
            "function: the function 'backstory_insert' was altered",
        ),
        (
            "CREATE OR REPLACE FUNCTION backstory_update() RETURNS trigger LANGUAGE plpgsql"
            " SECURITY DEFINER AS 'BEGIN /* backstory_outbox */ RETURN NULL; END'",
            "function: the function 'backstory_update' was altered",
        ),
        (
            "ALTER FUNCTION backstory_write_rows SET TimeZone = 'Asia/Tokyo'",
            "function: the function 'backstory_write_rows' was altered",
        ),
        (
            "DROP FUNCTION backstory_large_value",
            "function: the function 'backstory_large_value' is missing",
        ),
        (
            "CREATE OR REPLACE TRIGGER backstory_update AFTER UPDATE ON captable_certificate"
            " REFERENCING OLD TABLE AS backstory_old NEW TABLE AS backstory_new FOR EACH STATEMENT"
            " EXECUTE FUNCTION backstory_update('captable.Certificate', '{shares}');"
            " ALTER TABLE captable_certificate ENABLE ALWAYS TRIGGER backstory_update",
            "trigger: the trigger for UPDATE on table 'captable_certificate'"
            " (captable.Certificate) was altered",
        ),
        ("ALTER TABLE backstory_model DROP triggers", "the tables are of an older version"),
        (
            "CREATE TABLE old () INHERITS (captable_certificate)",
            "capture: 'captable.Certificate' cannot be captured: tables inherit from it",
        ),
        (
            "ALTER TABLE captable_transfer DROP CONSTRAINT captable_transfer_pkey;"
            "ALTER TABLE captable_transfer ADD PRIMARY KEY (id) DEFERRABLE",
            "capture: 'captable.Transfer' cannot be captured: its primary key is checked late",
        ),
        (
            "CREATE TABLE older (LIKE captable_certificate);"
            "ALTER TABLE captable_certificate INHERIT older",
            "'captable.Certificate' cannot be captured: rows can be written through a parent",
        ),
        (
            "UPDATE backstory_model SET table_name = 'overview'"
            " WHERE label = 'captable.Certificate';"
            "CREATE VIEW overview AS SELECT * FROM captable_certificate",
            "'captable.Certificate' cannot be captured: it is a view",
        ),
        ("ALTER SEQUENCE backstory_outbox_seq CACHE 50", "order: backstory_outbox_seq"),
        ("ALTER TABLE backstory_outbox_0 ENABLE ROW LEVEL SECURITY", "has row security"),
        ("ALTER TABLE backstory_outbox_1 SET UNLOGGED", "table: 'backstory_outbox_1' is unlogged"),
        (
            "CREATE RULE swallow AS ON INSERT TO backstory_outbox_0 DO INSTEAD NOTHING",
            "'backstory_outbox_0' has a rule",
        ),
        ("UPDATE backstory_source SET system_identifier = 1", "was bound to another database"),
        (
            "UPDATE backstory_relay SET heartbeat = now() - interval '2 min';"
            "INSERT INTO backstory_outbox (kind, name) VALUES ('truncate', 'captable.Company')",
            "relay: no relay publishes (for 120 s); 1 rows wait",
        ),
        ("DROP TABLE backstory_outbox CASCADE", "outbox: there is no outbox in schema 'public'"),
    ],
)
def test_what_loses_changes_in_the_application_is_found(
    installation: Installation, statement: str, problem: str
):
    """Each of these goes unnoticed otherwise: the application runs on without an error."""
    execute(installation.app_url, statement)

    assert problem in "\n".join(errors(examine(installation)))


def test_a_role_that_may_switch_capture_off_is_told(installation: Installation):
    """A warning: an application that works as the owner of its tables is a common thing."""
    believed = "UPDATE backstory_source SET believed_roles = ARRAY[{}]"
    told = "as which the application works, may switch capture off"

    execute(installation.app_url, believed.format("current_user::text"))
    assert told in "\n".join(warnings(examine(installation)))

    execute(installation.app_url, believed.format("current_user::text, 'pg_monitor'"))
    assert told not in "\n".join(warnings(examine(installation)))


def test_sessions_that_begin_without_foreign_keys_are_told(installation: Installation):
    """Cascades of the database do not fire there, and leave rows without a parent."""
    name = str(installation.app_url).rpartition("/")[2]
    execute(installation.app_url, f'ALTER DATABASE "{name}" SET session_replication_role = replica')

    [told] = [each for each in warnings(examine(installation)) if "session_replication" in each]

    assert told.startswith(f"roles: sessions of database {name} begin")


def test_a_model_that_is_gone_is_no_finding(installation: Installation):
    """Its row stays, for what may still be in the outbox; nothing is missing."""
    execute(
        installation.app_url,
        "INSERT INTO backstory_model (label, table_name, key, columns, retired)"
        " VALUES ('captable.Gone', 'captable_gone', '{id}', '{}', true)",
    )

    assert "captable.Gone" not in "".join(each.problem for each in examine(installation))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("ALTER TABLE history.events DISABLE TRIGGER refuse_row_change", "not always enabled"),
        (
            "DROP TRIGGER refuse_truncate ON history.events_default",
            "guard: the guard 'refuse_truncate' of 'history.events_default' is missing",
        ),
        (
            "CREATE OR REPLACE FUNCTION history.refuse_change() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN OLD; END'",
            "or its function was altered",
        ),
        (
            "GRANT DELETE ON history.events TO backstory_writer",
            "roles: role backstory_writer has DELETE on 'history.events'",
        ),
        ("GRANT UPDATE ON history.events_default TO PUBLIC", "role PUBLIC has UPDATE"),
        (
            "CREATE RULE swallow AS ON INSERT TO history.events_default DO INSTEAD NOTHING",
            "table: 'history.events_default' has a rule",
        ),
        ("DROP SCHEMA history CASCADE", "history: the history database has no history.events"),
    ],
)
def test_what_lets_history_change_is_found(
    installation: Installation, statement: str, problem: str
):
    """A guard that is off looks like one that is on, until somebody needs it."""
    execute(installation.history_url, statement)

    assert problem in "\n".join(errors(examine(installation)))


def test_strange_dates_in_the_default_partition_are_found(installation: Installation):
    """A month cannot be made over the rows of the default partition."""
    execute(
        installation.history_url,
        "INSERT INTO history.events (id, occurred_at, type, source, sequence, position, value, "
        "topic, partition, \"offset\") VALUES (gen_random_uuid(), now(), '', '', 1, 1, '{}', "
        "'', 0, 0)",
    )

    assert "events lie in history.events_default" in "\n".join(errors(examine(installation)))


def test_missing_and_silent_servers_are_findings(installation: Installation):
    """A typing error in a variable is not an empty report."""
    silent = Installation(app_url="postgresql://app:secret@127.0.0.1:1/app")

    found = errors(examine(silent))

    assert "address: nobody says where the Kafka is" in found
    assert "address: nobody says where the history is" in found
    assert any("'127.0.0.1:1/app' does not answer" in each for each in found)
    assert "secret" not in "".join(found)


def test_a_missing_topic_is_found(installation: Installation):
    """The broker does not make it by itself, and the relay waits."""
    found = errors(examine(replace(installation, topic="not.there")))

    assert any(each.startswith("topic: topic 'not.there'") for each in found)


def test_somebody_who_commits_in_our_group_is_found(installation: Installation):
    """Another program under our group's name gets half the partitions and keeps nothing."""
    producer = Producer({"bootstrap.servers": installation.kafka})
    producer.produce(installation.topic, b"{}", partition=0)
    producer.flush(10)
    stranger = Consumer({"bootstrap.servers": installation.kafka, "group.id": "backstory.history"})
    stranger.commit(offsets=[TopicPartition(installation.topic, 0, 1)], asynchronous=False)
    stranger.close()
    execute(
        installation.history_url,
        "INSERT INTO history.offsets (consumer, topic, partition, topic_id, next_offset) "
        f"VALUES ('history', '{installation.topic}', 0, '', 0)",
    )

    found = errors(examine(installation))

    assert any(each.startswith("auto-commit: the group 'backstory.history'") for each in found)


def test_the_exit_code_tells_whether_something_is_wrong(installation: Installation):
    """For a cron job, and for a deployment that waits for it."""
    env = {
        "BACKSTORY_KAFKA": installation.kafka,
        "BACKSTORY_APP_URL": installation.app_url,
        "BACKSTORY_HISTORY_URL": installation.history_url,
        "BACKSTORY_TOPIC": installation.topic,
        "BACKSTORY_DEAD_TOPIC": installation.topic,
    }
    execute(installation.app_url, "DROP TRIGGER backstory_delete ON captable_certificate")

    shown = CliRunner().invoke(main, ["doctor"], env=env)
    told = CliRunner().invoke(main, ["doctor", "--json"], env=env)

    assert (shown.exit_code, told.exit_code) == (1, 1)
    assert "fix: run `manage.py backstory_install`" in shown.output
    assert json.loads(told.stdout)["healthy"] is False
