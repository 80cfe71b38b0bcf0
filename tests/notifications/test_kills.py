"""Senders killed, asked to stop, robbed of their broker: nothing is lost, nothing said twice."""

import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
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


@pytest.fixture
def notified(pipeline: Pipeline) -> Pipeline:
    """With a consumer that has found its place in the topic."""
    pipeline.start("run", "slack")
    pipeline.wait_for_consumers("slack")
    return pipeline


def test_senders_killed_again_and_again(
    notified: Pipeline, slack_server: SlackServer, produce: Produce, tmp_path: Path
):
    """Two at once, one of them killed wherever it is, the broker's folder gone: each is told.

    Only what was in the air at a kill, begun and not noted, may have been said twice.
    """
    notified.start("send")
    doomed = notified.start("send")
    for number in range(60):
        produce([a_change(subject=f"captable.Company/{number}")])
        if number % 20 == 10:
            slack_server.wait_for(number // 2)
            doomed.kill()
            doomed.wait(10)
            shutil.rmtree(tmp_path / "celery", ignore_errors=True)
            doomed = notified.start("send")

    notified.wait_for_states(*["sent"] * 60)
    said = [each["channel"] for each in slack_server.accepted]
    assert set(said) == {f"#company-{number}" for number in range(60)}
    in_the_air = notified.ask("SELECT count(*) FROM notify.attempts WHERE ended_at IS NULL")[0][0]
    assert len(said) - 60 <= in_the_air


def test_sigterm_ends_it_in_ten_seconds_though_slack_is_silent(
    notified: Pipeline, slack_server: SlackServer, produce: Produce
):
    """Whoever deploys waits for no provider; the attempt that was cut is the policy's."""
    sender = notified.start("send", BACKSTORY_CLAIM_S="60")
    slack_server.answers.append(Answer(200, OK, silent=True))
    produce([a_change(subject="captable.Company/1")])
    slack_server.wait_for(1)

    sender.terminate()

    sender.wait(12)
    assert notified.ask("SELECT state FROM notify.deliveries") == [("sending",)]


def test_an_idle_sender_ends_when_asked(notified: Pipeline):
    """By itself, and well: exit code 0."""
    sender = notified.start("send")
    notified.wait_for_session("backstory.send")

    sender.terminate()

    assert sender.wait(12) == 0


def test_a_message_a_second_and_channel_over_several_workers(
    notified: Pipeline, slack_server: SlackServer, produce: Produce
):
    """Slack's own limit, kept by the table and not by a worker's memory."""
    for _ in range(2):
        notified.start("send")

    produce([a_change(subject=f"captable.Alarm/{number}") for number in range(4)])
    notified.wait_for_states(*["sent"] * 4)

    began = notified.ask(
        "SELECT extract(epoch FROM began_at)::float8 FROM notify.attempts ORDER BY 1"
    )
    assert all(later - earlier >= 1 for (earlier,), (later,) in pairwise(began))
    assert slack_server.arrived_at[-1] - slack_server.arrived_at[0] > 2
