"""``backstory relay`` and ``backstory source`` as a person or a supervisor runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.embedded.ports import free_port
from infra.services import Services
from tests.producer.conftest import Connection
from tests.producer.topic_reading import events_on

Command = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def command(
    app_url: str, services: Services, topic: str, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts ``backstory`` with words and variables."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, **variables: str) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            "BACKSTORY_HOME": str(tmp_path),
            "BACKSTORY_APP_URL": app_url,
            "BACKSTORY_KAFKA": services.kafka,
            "BACKSTORY_TOPIC": topic,
            **variables,
        }
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.cli", *words],
            env=env,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_once_drains_and_ends(
    command: Command, app: Connection, services: Services, topic: str
) -> None:
    """With an exit code of 0, and log lines that machines read."""
    app.execute("INSERT INTO certificate (id) SELECT i FROM generate_series(1, 700) AS i")
    process = command("relay", "--once")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert len(events_on(services.kafka, topic, "model.created")) == 700
    lines = [json.loads(line) for line in errors.splitlines()]
    assert lines[0]["message"] == "leading"


@pytest.mark.parametrize("broker_is_there", [True, False])
def test_sigterm_ends_within_ten_seconds(
    broker_is_there: bool, command: Command, app: Connection, services: Services
) -> None:
    """Also while a batch waits for a broker that is away: the next relay sends it again."""
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    kafka = services.kafka if broker_is_there else f"127.0.0.1:{free_port()}"
    process = command("relay", BACKSTORY_KAFKA=kafka)
    assert process.stderr is not None
    while "leading" not in process.stderr.readline():
        pass
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert time.monotonic() - began < 10


def test_other_database_is_refused_until_adopted(command: Command, app: Connection) -> None:
    """The error says what to do, and doing it helps."""
    app.execute("UPDATE backstory_source SET timeline = 77")
    refused = command("relay", "--once")
    _, errors = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "backstory source adopt" in errors
    assert command("source", "show").wait(60) == 1

    adopted = command("source", "adopt")
    output, errors = adopted.communicate(timeout=60)
    assert adopted.returncode == 0, errors
    assert "cap" in output
    assert command("source", "show").wait(60) == 0
    assert command("relay", "--once").wait(60) == 0


def test_new_name_is_taken(command: Command) -> None:
    """For a clone."""
    output, _ = command("source", "new", "staging").communicate(timeout=60)
    assert "staging" in output
