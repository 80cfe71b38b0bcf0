"""From an event in Kafka to a message a person reads, with the processes killed on the way."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import Event
from tests.consumers.delivery.slack_server import OK, Answer, SlackServer
from tests.consumers.producing import Produce
from tests.factories import an_event
from tests.notifications.conftest import Pipeline


def a_change(**changes: Any) -> Event:
    """An event of just now: older ones have expired."""
    return an_event(time=datetime.now(UTC), **changes)


def test_an_event_becomes_a_message(
    pipeline: Pipeline, slack_server: SlackServer, produce: Produce
):
    """The whole way; what happened before the consumer was first started is not told."""
    produce([a_change(subject="captable.Certificate/1")])
    pipeline.start("run", "slack")
    pipeline.wait_for_consumers("slack")
    pipeline.start("send")

    produce([a_change(subject="captable.Certificate/2")])

    pipeline.wait_for_states("sent")
    assert [each["text"] for each in slack_server.accepted] == [
        "captable.Certificate/2 changed: sold to Bo"
    ]


@pytest.mark.parametrize(
    ("policy", "states", "posted"), [("ask", "uncertain", 1), ("resend", "sent", 2)]
)
def test_a_worker_killed_between_acceptance_and_noting(
    pipeline: Pipeline,
    slack_server: SlackServer,
    produce: Produce,
    policy: str,
    states: str,
    posted: int,
):
    """Slack has the message and says so late; the worker is gone. The policy decides."""
    pipeline.start("run", "slack")
    pipeline.wait_for_consumers("slack")
    worker = pipeline.start("send", BACKSTORY_UNCERTAIN=f"slack={policy}")
    slack_server.answers.append(Answer(200, OK, silent=True))

    produce([a_change()])
    pipeline.wait_for_states("sending")
    slack_server.wait_for(1)
    worker.kill()
    worker.wait(10)
    pipeline.start("send", BACKSTORY_UNCERTAIN=f"slack={policy}")

    pipeline.wait_for_states(states)
    assert len(slack_server.accepted) == posted


def test_a_killed_consumer_neither_loses_nor_repeats(
    pipeline: Pipeline, slack_server: SlackServer, produce: Produce
):
    """Deliveries and offsets are one transaction; a second consumer goes on where it stood."""
    events = [a_change(subject=f"captable.Certificate/{number}") for number in range(300)]
    consumer = pipeline.start("run", "slack")
    pipeline.wait_for_consumers("slack")
    for first in range(0, 300, 100):
        produce(events[first : first + 100])
        consumer.kill()
        consumer.wait(10)
        consumer = pipeline.start("run", "slack")

    pipeline.wait_for_states(*["waiting"] * 300)
    told = pipeline.ask("SELECT event_id FROM notify.deliveries")
    assert {row[0] for row in told} == {event.id for event in events}


def test_what_slack_refuses_can_be_retried_by_a_person(
    pipeline: Pipeline, slack_server: SlackServer, produce: Produce
):
    """The dead letter has Slack's words; its retry goes the way of every event."""
    pipeline.start("run", "slack")
    pipeline.wait_for_consumers("slack")
    pipeline.start("send")
    slack_server.answers.append(Answer(200, '{"ok": false, "error": "channel_not_found"}'))

    produce([a_change()])
    pipeline.wait_for_states("refused")
    listed = pipeline.run("dead", "list", "--consumer", "slack", "--json")
    assert "channel_not_found" in listed.stdout
    retried = pipeline.run("dead", "retry", "--consumer", "slack", "--reason", "channel made")

    assert retried.returncode == 0, retried.stderr
    pipeline.wait_for_states("sent")
    assert len(slack_server.accepted) == 1


def test_people_see_rules_and_deliveries(
    pipeline: Pipeline, slack_server: SlackServer, produce: Produce
):
    """What would be said, what was said, and a decision about what nobody knows."""
    pipeline.start("run", "slack", "persist")
    pipeline.wait_for_consumers("slack")
    event = a_change()
    produce([event])
    pipeline.wait_for_states("waiting")
    pipeline.wait_for_consumers("slack", "history")

    assert "certificate_changed" in pipeline.run("rules", "list").stdout
    tried = pipeline.run("rules", "try", str(event.id))
    assert "slack #cap-table" in tried.stdout
    assert "email legal@example.com" in tried.stdout
    (delivery,) = [row[0] for row in pipeline.ask("SELECT id FROM notify.deliveries")]
    assert pipeline.run("deliveries", "settle", str(delivery), "--reason", "x").returncode == 1
    pipeline.ask("UPDATE notify.deliveries SET state = 'uncertain'")
    assert pipeline.run("deliveries", "settle", str(delivery), "--reason", "seen").returncode == 0
    shown = pipeline.run("deliveries", "show", str(delivery)).stdout
    assert "settled by a person: seen" in shown
