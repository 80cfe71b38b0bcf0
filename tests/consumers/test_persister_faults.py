"""The persister as a process: killed, frozen, overtaken. Each event is in the history once."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

import pytest

from infra.services import Services
from infra.waiting import wait_until
from schemas import Event
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import Produce
from tests.factories import an_event

Process = subprocess.Popen[bytes]


class StartPersister(Protocol):
    """Start a persister of the test's topic and history; it is killed after the test."""

    def __call__(self, instance: str, fault: str = "none", *, at_batch: int = 3) -> Process: ...


@pytest.fixture
def start(services: Services, topic: str, history: str) -> Iterator[StartPersister]:
    """Batches are small, so that a test has several, and a lost member is missed soon."""
    started: list[Process] = []

    def start(instance: str, fault: str = "none", *, at_batch: int = 3) -> Process:
        settings = {
            "kafka_servers": services.kafka,
            "history_url": history,
            "kafka_config": {"session.timeout.ms": "6000"},
            "topic": topic,
            "dead_topic": f"{topic}.dead",
            "consumer": topic,
            "instance": f"{topic}.{instance}",
            "batch_limit": 50,
        }
        command = [sys.executable, "-m", "tests.consumers.persister_process"]
        process = subprocess.Popen([*command, json.dumps(settings), fault, str(at_batch)])
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def produced(produce: Produce, count: int = 300) -> list[Event]:
    """Events over two partitions."""
    events = [an_event() for _ in range(count)]
    produce(events[::2], partition=0)
    produce(events[1::2], partition=1)
    return events


def each_is_kept_once(history: str, events: list[Event], *, timeout_s: float = 60) -> bool:
    """Whether, within a while, the history holds exactly these."""
    wait_until(lambda: len(kept_ids(history)) >= len(events), timeout_s=timeout_s, every_s=0.2)
    return sorted(kept_ids(history)) == sorted(event.id for event in events)


@pytest.mark.parametrize("fault", ["killed-before-commit", "killed-after-commit"])
def test_killed_persister_loses_and_repeats_nothing(
    start: StartPersister, produce: Produce, history: str, fault: str
):
    """Rows and offsets are committed together or not at all."""
    events = produced(produce)
    assert start("one", fault).wait(30) == -signal.SIGKILL

    start("one")

    assert each_is_kept_once(history, events)
    assert stored_offsets(history) == {0: 150, 1: 150}


@pytest.mark.parametrize(
    "fault", ["frozen-before-writing", "frozen-before-commit", "frozen-in-copy"]
)
def test_frozen_persister_is_overtaken_and_cannot_write_when_it_wakes_up(
    start: StartPersister, produce: Produce, history: str, fault: str
):
    """Its partitions moved; what it still holds is refused, and it goes on as a member."""
    events = produced(produce)
    frozen = start("one", fault)
    assert wait_until(lambda: is_stopped(frozen), timeout_s=30)
    start("two")
    assert each_is_kept_once(history, events), "the second takes over while the first is frozen"

    frozen.send_signal(signal.SIGCONT)
    events += produced(produce)

    assert each_is_kept_once(history, events)
    assert stored_offsets(history) == {0: 300, 1: 300}
    frozen.terminate()
    assert frozen.wait(10) == 0


def test_sigterm_ends_a_persister_that_cannot_reach_its_history(
    services: Services, topic: str, start: StartPersister, produce: Produce, history: str
):
    """Deployments do not wait for databases."""
    process = start("one")
    events = produced(produce)
    assert each_is_kept_once(history, events)
    name = history.rpartition("/")[2]
    rows(services.postgres_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    rows(
        services.postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        name,
    )
    produced(produce)

    process.terminate()

    assert process.wait(10) == 0


def is_stopped(process: Process) -> bool:
    """Whether the kernel says that it is."""
    with open(f"/proc/{process.pid}/stat") as stat:  # noqa: PTH123
        return stat.read().rpartition(")")[2].split()[0] == "T"


def stored_offsets(history: str) -> dict[int, int]:
    """How far the history's consumer has come."""
    return dict(rows(history, "SELECT partition, next_offset FROM history.offsets"))
