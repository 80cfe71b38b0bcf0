"""``backstory migrate`` and ``backstory persist`` as a person runs them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.kafka import admin, delete_topic
from infra.services import Services
from infra.waiting import wait_until
from tests.consumers.observing import kept_ids
from tests.consumers.producing import Produce
from tests.factories import an_event

BACKSTORY = [sys.executable, "-c", "from infra.cli import main; main()"]


@pytest.fixture
def env(services: Services, topic: str, database: str, tmp_path: Path) -> dict[str, str]:
    """The variables of an installation of the test's own."""
    return {
        **os.environ,
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": database,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_DEAD_TOPIC": f"{topic}.dead",
        "BACKSTORY_CONSUMER": topic,
        "BACKSTORY_HOME": str(tmp_path),
    }


def run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*BACKSTORY, *words], env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_migrate_then_persist_once(
    env: dict[str, str], services: Services, topic: str, database: str, produce: Produce
):
    """The two commands of a first installation; each may be run again."""
    events = [an_event() for _ in range(10)]
    produce(events)

    for _ in range(2):
        assert run(env, "migrate").returncode == 0
    for _ in range(2):
        assert run(env, "persist", "--once").returncode == 0

    assert sorted(kept_ids(database)) == sorted(event.id for event in events)
    delete_topic(admin(services.kafka), f"{topic}.dead")


def test_persist_without_migrate_says_what_to_do(env: dict[str, str]):
    """No traceback, no endless waiting: the way out."""
    done = run(env, "persist", "--once")

    assert done.returncode == 1
    assert "backstory migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_variables_are_named(env: dict[str, str]):
    """All of them at once."""
    del env["BACKSTORY_KAFKA"], env["BACKSTORY_HISTORY_URL"]

    done = run(env, "persist")

    assert done.returncode == 1
    assert "BACKSTORY_KAFKA is not set" in done.stderr
    assert "BACKSTORY_HISTORY_URL is not set" in done.stderr


def test_sigterm_ends_it_cleanly_and_logs_are_json(
    env: dict[str, str], database: str, produce: Produce
):
    """As an orchestrator does it."""
    assert run(env, "migrate").returncode == 0
    process = subprocess.Popen([*BACKSTORY, "persist"], env=env, stderr=subprocess.PIPE, text=True)
    produce([an_event(), None])
    assert wait_until(lambda: len(kept_ids(database)) == 1, timeout_s=30)

    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=10)

    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    dead = next(line for line in lines if line["message"].startswith("dead letter"))
    assert (dead["level"], dead["partition"], dead["offset"]) == ("error", 0, 1)
