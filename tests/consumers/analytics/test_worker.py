"""The worker as a process over a real topic: killed in the middle of a window, then reconciled."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.services import Services
from infra.waiting import wait_until
from tests.consumers.analytics.test_measures import nearly_in_order, numbers, some_events
from tests.consumers.observing import rows
from tests.consumers.producing import Produce, producing_to
from tests.offsets.test_offsets import recreate

BACKSTORY = [sys.executable, "-c", "from infra.cli import main; main()"]


class Installation:
    """Commands over one topic and one history."""

    def __init__(self, env: dict[str, str], history: str, stack: ExitStack) -> None:
        self.env = env
        self.history = history
        self._stack = stack

    def start(self, *words: str, **variables: str) -> "subprocess.Popen[bytes]":
        """Start a command; it is killed at the end at the latest."""
        process = subprocess.Popen([*BACKSTORY, *words], env={**self.env, **variables})
        self._stack.callback(process.wait, 10)
        self._stack.callback(process.kill)
        return process

    def run(self, *words: str) -> str:
        """Run a command to its end; what it says."""
        done = subprocess.run(
            [*BACKSTORY, *words], env=self.env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait_until_counted(self, number: int) -> None:
        """Until the worker has written that it has counted so many records."""
        query = "SELECT coalesce(sum(next_offset), 0) FROM analytics.progress"
        assert wait_until(lambda: rows(self.history, query)[0][0] >= number, timeout_s=60)


@pytest.fixture
def installation(
    services: Services, topic: str, history: str, tmp_path: Path
) -> Iterator[Installation]:
    """An installation of the test's own."""
    env = {
        **os.environ,
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": history,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_DEAD_TOPIC": f"{topic}.dead",
        "BACKSTORY_CONSUMER": topic,
        "BACKSTORY_HOME": str(tmp_path),
        "BACKSTORY_FUNNELS": "issue=draft.make>draft.sign>certificate.issue",
    }
    with ExitStack() as stack:
        yield Installation(env, history, stack)


def test_killed_workers_leave_numbers_that_reconcile_to_the_history(
    installation: Installation, produce: Produce
):
    """Whatever was in memory or read twice: afterwards each number is what SQL says."""
    events = nearly_in_order(some_events(1500))
    parts = [events[:500], events[500:1000], events[1000:]]
    for counted, part in enumerate(parts, start=1):
        for number, event in enumerate(part):
            produce([event], partition=number % 3)
        worker = installation.start("analytics")
        installation.wait_until_counted(500 * counted)
        worker.kill()
        worker.wait(10)
    installation.run("persist", "--once")

    said = installation.run("analytics", "reconcile")

    reconciled = numbers(installation.history)
    assert "windows computed" in said
    installation.run("analytics", "reconcile", "--hours", "1000000")
    assert reconciled == numbers(installation.history)
    pages = [value for (_, length, metric, key), value in reconciled.items()
             if (length, metric, key) == (60, "page_views", "")]  # fmt: skip
    query = "SELECT count(*) FROM history.events WHERE type = 'page.viewed'"
    assert sum(pages) == rows(installation.history, query)[0][0]


def test_a_worker_that_cannot_read_ends(
    installation: Installation, produce: Produce, tmp_path: Path
):
    """Faust goes on without its reader and says nothing; ours is started again, or seen to fail."""
    (tmp_path / "cramjam.py").write_text("raise ImportError")  # no codec, a reader that crashes
    produce(some_events(300))

    worker = installation.start("analytics", PYTHONPATH=str(tmp_path))

    assert worker.wait(60) == 1


def test_a_topic_that_was_created_again_is_counted_from_its_beginning(
    installation: Installation, services: Services, topic: str
):
    """Its offsets are others; what the former one had is not counted twice, nor skipped."""
    old, new = some_events(200), some_events(300, seed=8)
    producing_to(services.kafka, topic)(old, partition=1)
    worker = installation.start("analytics")
    installation.wait_until_counted(200)
    installation.run("persist", "--once")
    recreate(services.kafka, topic)
    producing_to(services.kafka, topic)([*old, *new], partition=1)

    assert worker.wait(60) == 1  # it would have gone on at offset 200

    installation.start("analytics")
    installation.wait_until_counted(500)
    installation.run("offsets", "restart", "--reason", "a test")
    installation.run("persist", "--once")
    installation.run("analytics", "reconcile")
    counted = numbers(installation.history)
    assert sum(v for (_, length, metric, key), v in counted.items()
               if (length, metric, key) == (60, "page_views", "")) == len(
        [event for event in [*old, *new] if event.type == "page.viewed"])  # fmt: skip
    installation.run("analytics", "reconcile", "--hours", "1000000")
    assert counted == numbers(installation.history)


def test_a_second_worker_stands_by(installation: Installation, produce: Produce):
    """Two would write over each other's windows; the second takes over when the first is gone."""
    first = installation.start("analytics")
    leads = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
    )
    assert wait_until(lambda: rows(installation.history, leads)[0][0] == 1, timeout_s=30)
    installation.start("analytics")
    produce(some_events(10))
    installation.wait_until_counted(10)
    first.kill()
    first.wait(10)

    produce(some_events(10, seed=8))

    installation.wait_until_counted(20)


def test_top_shows_what_is_counted(installation: Installation):
    """The numbers of the last minutes, for a person."""
    rows(
        installation.history,
        "INSERT INTO analytics.values (start_at, length_s, metric, key, value) VALUES"
        " (date_trunc('minute', now()), 60, 'page_views', '', 41),"
        " (date_trunc('minute', now()), 60, 'page_views', 'captable.Company/3', 17)",
    )

    shown = installation.run("top", "--once")

    assert "41" in shown
    assert "captable.Company/3" in shown
