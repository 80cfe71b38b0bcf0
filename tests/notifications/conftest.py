"""A pipeline that notifies: the commands as processes, servers that answer as the providers do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from consumers import migrate
from infra.kafka import admin, delete_topic
from infra.services import Services
from infra.testing import Databases
from infra.waiting import wait_until
from tests.consumers.delivery.slack_server import SlackServer, running_slack
from tests.consumers.observing import rows
from tests.consumers.producing import Produce, producing_to

BACKSTORY = [sys.executable, "-c", "from infra.cli import main; main()"]


class Pipeline:
    """Commands as processes, over one topic and one history of the test's own."""

    def __init__(self, env: dict[str, str], stack: ExitStack) -> None:
        self.env = env
        self._stack = stack

    def start(self, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a command; it ends with the test."""
        process = subprocess.Popen([*BACKSTORY, *words], env={**self.env, **variables})
        self._stack.callback(_end, process)
        return process

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*BACKSTORY, *words], env=self.env, capture_output=True, text=True, timeout=60
        )

    def ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the history database."""
        return rows(self.env["BACKSTORY_HISTORY_URL"], query, *parameters)

    def wait_for(self, question: str) -> None:
        """Until the history database answers yes."""
        assert wait_until(lambda: self.ask(question)[0][0], timeout_s=60), question

    def wait_for_consumers(self, *names: str) -> None:
        """Until each has a place in the topic: what is produced afterwards is told."""
        assert wait_until(
            lambda: (
                {row[0] for row in self.ask("SELECT consumer FROM history.offsets")} >= set(names)
            ),
            timeout_s=60,
        )

    def wait_for_session(self, application: str) -> None:
        """Until a process of that name has asked the history database."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        assert wait_until(lambda: self.ask(query, application)[0][0] > 0, timeout_s=60)

    def wait_for_states(self, *states: str) -> None:
        """Until the deliveries are in these states, whichever is in which."""

        def states_now() -> list[str]:
            return sorted(row[0] for row in self.ask("SELECT state FROM notify.deliveries"))

        assert wait_until(lambda: states_now() == sorted(states), timeout_s=60), states_now()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.fixture
def slack_server() -> Iterator[SlackServer]:
    """A workspace."""
    with running_slack() as server:
        yield server


@pytest.fixture
def produce(services: Services, topic: str) -> Produce:
    """Puts events into the topic."""
    return producing_to(services.kafka, topic)


@pytest.fixture
def pipeline(
    services: Services,
    topic: str,
    databases: Databases,
    slack_server: SlackServer,
    tmp_path: Path,
) -> Iterator[Pipeline]:
    """An installation with rules and a workspace; no process runs yet."""
    history = databases.create(template=databases.template("history", migrate_quietly))
    env = {
        **os.environ,
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": history,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_DEAD_TOPIC": f"{topic}.dead",
        "BACKSTORY_HOME": str(tmp_path),
        "BACKSTORY_RULES": "tests.notifications.rules_for_tests",
        "BACKSTORY_SLACK_TOKEN": "xoxb-1",
        "BACKSTORY_SLACK_URL": f"{slack_server.url}/api/",
        "BACKSTORY_CLAIM_S": "2",
    }
    with ExitStack() as stack:
        yield Pipeline(env, stack)
    databases.drop(history)
    delete_topic(admin(services.kafka), f"{topic}.dead")


def migrate_quietly(url: str) -> None:
    """Make the template."""
    migrate(url)
