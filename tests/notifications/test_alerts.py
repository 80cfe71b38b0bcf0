"""Each alert from what has happened to words in Slack, and the query in it shows more."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from consumers import Finding, slack
from consumers.alerts import look
from infra.testing import Databases
from infra.watches import watch_relay
from schemas import AccessDenied, Actor, Database, TableTruncated
from tests.consumers.analytics.test_measures import id_at
from tests.consumers.delivery.slack_server import SlackServer
from tests.consumers.observing import rows
from tests.consumers.producing import Produce
from tests.factories import a_context, an_event
from tests.notifications.conftest import Pipeline, migrate_quietly
from tests.producer.capturing import prepare

PSQL = Database(role="postgres", application="psql", address="10.0.0.7")


def recently(number: int = 0) -> datetime:
    """The event's id begins with its time, as the relay makes it."""
    return datetime.now(UTC) - timedelta(milliseconds=100 - number)


def test_each_alert_arrives_with_a_query_that_shows_more(
    pipeline: Pipeline, slack_server: SlackServer, produce: Produce
):
    """An outside change, a TRUNCATE, a dead letter, a burst of denials, a database that is away."""
    pipeline.env |= {
        "BACKSTORY_ALERTS": "slack:#ops",
        "BACKSTORY_RULES": "",
        "BACKSTORY_APP_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    pipeline.start("run", "slack", "persist")
    pipeline.wait_for_consumers("slack")
    outside = a_context(actor=None, request=None, origin="outside", database=PSQL)
    produce([an_event(time=recently(), context=outside)])
    produce([an_event(TableTruncated(table="certificate"), time=recently(), context=outside)])
    denied = a_context(actor=Actor(id="o'1", username="Bo O'Neil"))
    produce(
        an_event(
            AccessDenied(permission="IsMember"),
            time=moment,
            id=id_at(moment, number),
            context=denied,
        )
        for number, moment in enumerate(map(recently, range(10)))
    )
    produce([b"no event"])
    pipeline.wait_for("SELECT count(*) >= 12 FROM history.events")
    pipeline.wait_for("SELECT count(DISTINCT consumer) = 2 FROM history.dead_letters")
    pipeline.ask("UPDATE notify.deliveries SET due_at = now()")  # the digest's minute is over

    pipeline.start("send")

    pipeline.wait_for_states(*["sent"] * 6)
    said = {each["text"].partition("\n")[0]: each["text"] for each in slack_server.accepted}
    assert any("outside the application by role postgres with psql" in text for text in said)
    assert any("was truncated by role postgres with psql from 10.0.0.7" in text for text in said)
    assert "user Bo O'Neil was refused 10 times in 5 minutes" in said
    assert {f"1 new dead letter of consumer {name}" for name in ("slack", "history")} <= set(said)
    assert any("the application's database does not answer" in text for text in said)
    queries = [query for text in said.values() for query in re.findall(r"More: (SELECT .*;)", text)]
    assert len(queries) == 3
    assert all(pipeline.ask(query) for query in queries)
    listed = pipeline.run("dead", "list", "--consumer", "slack")
    assert "slack" in listed.stdout


def test_a_relay_that_stands_still_is_told_once(databases: Databases):
    """With what to do; and again an hour later, if it lasts."""
    app = databases.create(template=databases.template("producer", prepare))
    history = databases.create(template=databases.template("history", migrate_quietly))
    with psycopg.connect(app) as connection:
        connection.execute("INSERT INTO certificate (id) VALUES (1)")
    later = datetime.now(UTC) + timedelta(minutes=10)
    targets = [slack("#ops"), slack("#dev")]
    told = "SELECT target, title FROM notify.deliveries ORDER BY created_at, target"

    with psycopg.connect(history, autocommit=True) as connection:
        assert look(connection, [watch_relay(app)], targets) == 0
        late = watch_relay(app, now=lambda: later)
        assert [look(connection, [late], targets) for _ in range(2)] == [2, 0]
        assert [title for _, title in rows(history, told)] == [
            "the relay stands still: 1 changes wait, up to 10 min"
        ] * 2
        still = watch_relay(app, now=lambda: later + timedelta(hours=1))
        assert look(connection, [still], targets) == 2
    for url in (app, history):
        databases.drop(url)


def test_dead_letters_are_told_once_by_consumer(databases: Databases):
    """Whatever a consumer is called, and however many hear of it."""
    history = databases.create(template=databases.template("history", migrate_quietly))
    letter = (
        'INSERT INTO history.dead_letters (consumer, topic, topic_id, partition, "offset", headers,'
        " reason) VALUES (%s, 'events', 'id', 0, %s, '[]', 'no event')"
    )
    with psycopg.connect(history, autocommit=True) as connection:
        for offset, consumer in enumerate(["a/b", "a", "a/b", "a/7"]):
            connection.execute(letter, (consumer, offset))
        targets = [slack("#ops"), slack("#dev")]
        assert [look(connection, [], targets) for _ in range(2)] == [6, 0]
        connection.execute(letter, ("a/b", 9))
        assert [look(connection, [], targets) for _ in range(2)] == [2, 0]
    titles = rows(history, "SELECT DISTINCT title FROM notify.deliveries")
    assert {title for (title,) in titles} == {
        "2 new dead letters of consumer a/b",
        "1 new dead letter of consumer a",
        "1 new dead letter of consumer a/7",
        "1 new dead letter of consumer a/b",
    }
    databases.drop(history)


def test_a_watch_that_fails_keeps_nothing_from_being_told_later(databases: Databases):
    """All or nothing: a finding is told to each target, or is found again."""
    history = databases.create(template=databases.template("history", migrate_quietly))
    found = Finding(watch="w", key="1", title="t", text="", seen_at=datetime.now(UTC))
    wrong = slack("#ops\0")  # Postgres keeps no NUL

    with psycopg.connect(history, autocommit=True) as connection:
        with pytest.raises(psycopg.DataError):
            look(connection, [lambda: [found]], [slack("#ops"), wrong])
        assert look(connection, [lambda: [found]], [slack("#ops")]) == 1
    databases.drop(history)
