"""Several consumers in one process: watched, and none a danger to the others."""

import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from consumers import ConsumerMetrics, Health, SinkRefused, migrate
from infra.process_settings import ProcessSettings, read_settings
from infra.runners import RUNNERS
from infra.running import Job, keep_running, run_together
from infra.services import Services
from infra.waiting import wait_until
from schemas import ConfigurationError
from tests.consumers.observing import kept_ids
from tests.consumers.producing import producing_to
from tests.factories import an_event
from tests.infra.asking import running


@pytest.mark.parametrize("name", RUNNERS)
def test_every_entry_leads_to_settings_and_a_function(name: str):
    """A typing error in the table must not wait for the first who runs it."""
    runner = RUNNERS[name]

    assert callable(runner.load_run())
    assert runner.consumer == "" or callable(runner.load_consumer())
    with pytest.raises(ConfigurationError, match="BACKSTORY_"):
        runner.load_settings({})


def test_problems_of_all_settings_are_told_at_once():
    """And each once, although several parts read the same variable."""
    read = RUNNERS["persist"].load_settings
    with pytest.raises(ConfigurationError) as caught:
        read_settings({"BACKSTORY_HEALTH_PORT": "x"}, read, read, ProcessSettings.from_env)

    named = [problem.split()[0] for problem in caught.value.problems]
    assert named == ["BACKSTORY_KAFKA", "BACKSTORY_HISTORY_URL", "BACKSTORY_HEALTH_PORT"]


def a_job(name: str, run: Any) -> Job:
    return Job(name, None, run, Health(name), ConsumerMetrics.unregistered())


def test_one_that_fails_leaves_the_others_alone_and_says_so():
    """A history without tables is no reason to tell nobody in Slack."""
    stop = threading.Event()

    def works(settings: Any, *, stop: threading.Event, health: Health, **_: Any) -> None:
        health.advanced()
        stop.wait()

    def fails(settings: Any, **_: Any) -> None:
        raise SinkRefused("history", "no table", "run `backstory migrate`")

    jobs = [a_job("works", works), a_job("fails", fails)]
    thread = threading.Thread(target=run_together, args=(jobs, stop))
    thread.start()
    both = [job.health for job in jobs]

    assert wait_until(
        lambda: both[0].ready().ok and "no table" in both[1].ready().reason, timeout_s=5
    )
    assert both[1].live().ok, "starting the whole process again would not help"
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize("error", [ValueError("a fault of ours"), SinkRefused("s", "r", "mend")])
def test_one_that_failed_is_started_again(error: Exception):
    """Whatever it was may have been mended meanwhile; nobody has to come and start it."""
    stop = threading.Event()
    raised = [error]

    def run(settings: Any, **_: Any) -> None:
        if raised:
            raise raised.pop()
        stop.set()

    keep_running(a_job("one", run), stop)

    assert raised == []


def test_run_persists_answers_and_ends_on_sigterm(
    services: Services, topic: str, history_url: str, tmp_path: Path
):
    """A small site's one process, from the first event to a deployment."""
    env = {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": history_url,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_CONSUMER": topic,
        "BACKSTORY_HOME": str(tmp_path),
    }
    with running(env, "run", "persist") as (process, asked):
        assert wait_until(lambda: asked.ask("/ready")[0] == 200, timeout_s=30)
        producing_to(services.kafka, topic)([an_event()])
        assert wait_until(lambda: len(kept_ids(history_url)) == 1, timeout_s=30)
        assert wait_until(lambda: asked.ask("/ready")[1]["parts"][0]["lag_s"] == 0, timeout_s=10)
        assert asked.ask("/live") == (
            200,
            {
                "ok": True,
                "reason": "",
                "parts": [{"name": "persist", "ok": True, "reason": "", "lag_s": 0.0}],
            },
        )

        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_run_names_the_one_that_is_not_ready(
    services: Services, topic: str, database: str, tmp_path: Path
):
    """A history that was never migrated: not ready, with what to do, and well once it is done."""
    env = {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": database,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_CONSUMER": topic,
        "BACKSTORY_HOME": str(tmp_path),
    }
    with running(env, "run", "persist") as (_, asked):
        assert wait_until(
            lambda: "persist: sink 'history' refuses" in asked.ask("/ready")[1].get("reason", ""),
            timeout_s=30,
        )
        status, told = asked.ask("/ready")
        assert (status, told["ok"]) == (503, False)
        assert "backstory migrate" in told["reason"]

        migrate(database)

        assert wait_until(lambda: asked.ask("/ready")[0] == 200, timeout_s=60)
