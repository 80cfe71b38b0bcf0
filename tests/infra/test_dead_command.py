"""``backstory dead`` as an operator uses it, on a real Kafka and history."""

import getpass
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from consumers import PersisterSettings, persist_events
from infra.acts import publish_acts, publishing_acts
from infra.cli import main
from infra.commands.dead import os_user
from infra.kafka import admin, create_topic, delete_topic
from infra.services import Services
from infra.waiting import wait_until
from schemas import encode
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import producing_to
from tests.factories import an_event

Run = Callable[..., Result]

REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'not today' USING ERRCODE = '22000'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON history.events FOR EACH ROW EXECUTE FUNCTION refuse()
"""
ACTS = """
SELECT type, username, value->'context'->>'reason' FROM history.events
WHERE model = 'history.DeadLetter'
"""


@pytest.fixture
def dead_topic(services: Services, topic: str) -> Iterator[str]:
    """Where the persister copies what it rejects."""
    client = admin(services.kafka)
    create_topic(client, f"{topic}.dead", partitions=1)
    yield f"{topic}.dead"
    delete_topic(client, f"{topic}.dead")


@pytest.fixture
def env(
    services: Services, topic: str, dead_topic: str, history_url: str, tmp_path: Path
) -> dict[str, str]:
    """The variables of an installation of the test's own."""
    return {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": history_url,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_DEAD_TOPIC": dead_topic,
        "BACKSTORY_CONSUMER": topic,
        "BACKSTORY_HOME": str(tmp_path),
    }


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    def run(*words: str, **changes: str) -> Result:
        return CliRunner().invoke(main, ["dead", *words], env={**env, **changes})

    return run


@pytest.fixture
def rejected(env: dict[str, str], services: Services, topic: str, history_url: str) -> UUID:
    """Letter 1 is an event that the table would not take, 2 is no event; returns the event's id."""
    event = an_event()
    produce = producing_to(services.kafka, topic)
    produce([encode(event)], key=b"k", headers=[("a", b"\xfe")])
    rows(history_url, REFUSE)
    persist(env)
    produce([b"\xffjunk"], partition=1)
    persist(env)
    rows(history_url, "DROP TRIGGER refuse ON history.events")
    return event.id


def persist(env: dict[str, str]) -> None:
    persist_events(PersisterSettings.from_env(env), stop=threading.Event(), once=True)


def letters(run: Run, *filters: str) -> list[dict[str, object]]:
    listed = run("list", "--json", *filters)
    assert listed.exit_code == 0, listed.output
    return json.loads(listed.stdout)["letters"]


@pytest.mark.usefixtures("rejected")
def test_list_and_show_tell_what_was_rejected_and_why(run: Run, topic: str):
    """The first two commands of anybody who reads the alert."""
    table = run("list", COLUMNS="200").stdout
    for told in (topic, "model.updated", "0:0", "not today", "1:0", "JSON is malformed"):
        assert told in table

    first, second = letters(run)
    assert (first["id"], first["consumer"], first["type"]) == (1, topic, "model.updated")
    assert second["value"] == {"hex": b"\xffjunk".hex()}
    assert first["headers"] == [{"name": "a", "hex": "fe"}]
    assert [one["id"] for one in letters(run, "--because", "NOT TODAY")] == [1]
    assert [one["id"] for one in letters(run, "--type", "model.updated", "--since", "1h")] == [1]
    assert letters(run, "--until", "1h") == letters(run, "--consumer", "slack") == []
    assert [one["id"] for one in letters(run, "2")] == [2]

    shown = run("show", "1").stdout
    assert '"shares": "12.5000"' in shown
    assert "a: hex fe" in shown
    assert run("show", "9").exit_code == 1
    assert json.loads(run("show", "1", "--json").stdout) == first


def test_retried_letter_and_the_act_reach_the_history(
    run: Run, env: dict[str, str], history_url: str, rejected: UUID
):
    """The event as if it had never been rejected; who tried again, and why, as any other event."""
    done = run("retry", "1", "--actor", "ann", "--reason", "trigger removed")

    assert (done.exit_code, done.stdout) == (0, "1 retried\n"), done.output
    assert kept_ids(history_url) == [rejected]
    persist(env)
    assert rows(history_url, ACTS) == [("dead_letter.retried", "ann", "trigger removed")]
    again = run("retry", "1")
    assert again.exit_code == 1
    assert "dead letter 1 is settled" in again.output


@pytest.mark.usefixtures("rejected")
def test_retry_of_several_tells_which_are_still_rejected(run: Run, topic: str):
    """One that cannot be mended keeps no other from being tried."""
    done = run("retry", "--consumer", topic, "--json")

    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["settled"], list(told["refused"]), told["published"]) == ([1], ["2"], 1)
    assert "still rejected" in told["refused"]["2"]
    assert [one["id"] for one in letters(run)] == [2]


@pytest.mark.usefixtures("rejected")
def test_drop_needs_a_reason_and_deletes_nothing(run: Run, env: dict[str, str], history_url: str):
    """Somebody will ask in a year."""
    refused = run("drop", "2")
    assert refused.exit_code == 2
    assert "--reason" in refused.output

    assert run("drop", "2", "--reason", "a load test").exit_code == 0

    assert [one["id"] for one in letters(run)] == [1]
    [_, dropped] = letters(run, "--settled")
    assert dropped["settled"]["by"] == getpass.getuser()  # type: ignore[index]
    status = CliRunner().invoke(main, ["status", "--json"], env=env)
    assert [dead["count"] for dead in json.loads(status.stdout)["dead_letters"]] == [1]
    assert rows(history_url, "SELECT value FROM history.dead_letters WHERE id = 2") == [
        (b"\xffjunk",)
    ]
    persist(env)
    assert rows(history_url, ACTS) == [("dead_letter.dropped", getpass.getuser(), "a load test")]


@pytest.mark.usefixtures("rejected")
def test_act_is_kept_while_kafka_is_down_and_published_when_it_is_back(
    run: Run, env: dict[str, str], history_url: str
):
    """Whoever has to act during an outage acts, and is told of afterwards, by itself."""
    done = run("drop", "2", "--reason", "junk", BACKSTORY_KAFKA="127.0.0.1:1")

    assert done.exit_code == 0
    assert "Kafka does not have their events yet" in done.output
    assert [one["id"] for one in letters(run)] == [1]
    unpublished = "SELECT 1 FROM history.dead_letter_acts WHERE published_at IS NULL"
    assert len(rows(history_url, unpublished)) == 1
    settings = PersisterSettings.from_env(env)
    with publishing_acts(settings):
        assert wait_until(lambda: rows(history_url, unpublished) == [], timeout_s=15)
    assert publish_acts(settings) == 0
    persist(env)
    assert len(rows(history_url, ACTS)) == 1


@pytest.mark.usefixtures("rejected")
def test_nothing_is_done_to_all_letters_by_mistake(run: Run):
    """A forgotten filter is no wish to drop everything; a wrong number is no number."""
    forgotten = run("drop", "--reason", "junk")
    wrong = run("drop", "2", "17", "--reason", "junk")

    assert (forgotten.exit_code, wrong.exit_code) == (2, 1)
    assert "at least one filter" in forgotten.output
    assert "no such dead letter: 17" in wrong.output
    assert len(letters(run)) == 2


@pytest.mark.usefixtures("rejected")
def test_letter_of_a_consumer_that_is_unknown_here_is_not_sent_through_another(run: Run):
    """Another machine may have its settings."""
    done = run("retry", "1", BACKSTORY_CONSUMER="history")

    assert done.exit_code == 1
    assert "no consumer is called" in done.output
    assert "BACKSTORY_CONSUMER" in done.output


def test_moment_that_is_none_is_refused_with_examples(run: Run):
    """`--since yesterday` must not list everything."""
    refused = run("list", "--since", "yesterday")

    assert refused.exit_code == 2
    assert "write 2h, 7d" in refused.output


def test_user_without_a_name_acts_under_its_number(monkeypatch: pytest.MonkeyPatch):
    """Orchestrators give containers users that no file knows."""

    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", unknown)

    assert os_user() == f"uid {os.getuid()}"
