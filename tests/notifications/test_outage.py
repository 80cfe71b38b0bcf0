"""Slack is down while very much happens: the history does not wait, and on return nobody drowns."""

import os
from datetime import UTC, datetime

import pytest

from infra.waiting import wait_until
from tests.consumers.delivery.slack_server import SlackServer
from tests.consumers.producing import Produce
from tests.factories import an_event
from tests.notifications.conftest import Pipeline

EVENTS = int(os.environ.get("BACKSTORY_TEST_OUTAGE", "5000"))
"""100000 shows the same, in some minutes."""


@pytest.mark.timeout(900)
def test_slack_down_for_many_events(
    pipeline: Pipeline, slack_server: SlackServer, produce: Produce
):
    """All are in the history while Slack is down; a few digests tell them when it is back."""
    slack_server.down = True
    pipeline.start("run", "slack", "persist")
    pipeline.wait_for_consumers("slack")
    pipeline.start("send", BACKSTORY_CLAIM_S="60")

    now = datetime.now(UTC)
    produce(an_event(time=now, subject=f"captable.Certificate/{n}") for n in range(EVENTS))

    kept = f"SELECT count(*) = {EVENTS} FROM history.events"
    told = f"SELECT count(*) = {EVENTS} FROM notify.deliveries"
    for question in (kept, told, "SELECT count(*) > 0 FROM notify.attempts WHERE ended_at < now()"):
        assert wait_until(lambda question=question: pipeline.ask(question)[0][0], timeout_s=600)
    assert slack_server.accepted == []
    slack_server.down = False
    pipeline.ask("UPDATE notify.deliveries SET due_at = now() WHERE state = 'waiting'")
    pipeline.ask("UPDATE notify.pace SET free_at = now()")  # the pause is over

    done = "SELECT count(*) = 0 FROM notify.deliveries WHERE state IN ('waiting', 'sending')"
    assert wait_until(lambda: pipeline.ask(done)[0][0], timeout_s=600)
    states = dict(pipeline.ask("SELECT state, count(*) FROM notify.deliveries GROUP BY state"))
    assert sum(states.values()) == EVENTS
    assert set(states) == {"sent", "digested"}
    assert len(slack_server.accepted) == states["sent"] <= 2 + EVENTS / 10_000
