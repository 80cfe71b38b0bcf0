"""Readiness and liveness of real processes, frozen and blocked around them."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from consumers import Health, create_topics, migrate
from infra.embedded import EmbeddedKafka, EmbeddedPostgres
from infra.embedded.ports import free_port
from infra.health import serve_health
from infra.services import Services
from infra.waiting import wait_until
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import producing_to
from tests.factories import an_event
from tests.infra.asking import Asked, running


def test_answers_name_each_part_and_the_first_that_is_not_ready():
    """One look says which, and why; 503 is what probes and load balancers understand."""
    well, ill = Health("persist"), Health("slack")
    well.advanced()
    ill.waits("sink 'slack' is unavailable")
    asked, registry = Asked(free_port()), CollectorRegistry()

    with serve_health([asked.port], [well, ill], registry=registry):
        assert asked.ask("/live")[0] == 200
        assert asked.ask("/ready") == (
            503,
            {
                "ok": False,
                "reason": "slack: sink 'slack' is unavailable",
                "parts": [
                    {"name": "persist", "ok": True, "reason": "", "lag_s": 0.0},
                    {
                        "name": "slack",
                        "ok": False,
                        "reason": "sink 'slack' is unavailable",
                        "lag_s": 0.0,
                    },
                ],
            },
        )
        with urlopen(f"http://127.0.0.1:{asked.port}/metrics") as response:
            metrics = response.read().decode()
    assert 'backstory_ready{name="persist"} 1.0' in metrics
    assert 'backstory_ready{name="slack"} 0.0' in metrics
    assert 'backstory_lag_seconds{name="slack"} 0.0' in metrics


@pytest.fixture
def env(services: Services, topic: str, history_url: str, app_url: str, tmp_path: Path):
    return {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_HISTORY_URL": history_url,
        "BACKSTORY_APP_URL": app_url,
        "BACKSTORY_TOPIC": topic,
        "BACKSTORY_DEAD_TOPIC": topic,
        "BACKSTORY_CONSUMER": topic,
        "BACKSTORY_HOME": str(tmp_path),
        "BACKSTORY_STUCK_AFTER_S": "20",
    }


def test_persister_before_a_frozen_broker_is_not_ready_and_recovers(
    env: dict[str, str], private_kafka: EmbeddedKafka, history_url: str
):
    """An idle topic and a frozen broker are equally silent; only one of them is well."""
    env |= {"BACKSTORY_KAFKA": private_kafka.bootstrap_servers, "BACKSTORY_TOPIC": "events"}
    create_topics(private_kafka.bootstrap_servers, ["events", "dead"])
    with running(env, "persist") as (_, asked):
        assert asked.becomes_ready()

        private_kafka.process.send(signal.SIGSTOP)
        assert asked.becomes_unready("does not answer")
        assert asked.ask("/live")[0] == 200, "a restart would not wake the broker"
        private_kafka.process.send(signal.SIGCONT)

        assert asked.becomes_ready()
        producing_to(private_kafka.bootstrap_servers, "events")([an_event()])
        assert wait_until(lambda: len(kept_ids(history_url)) == 1, timeout_s=30)


def test_persister_before_a_locked_table_is_not_ready_and_recovers(
    env: dict[str, str], services: Services, topic: str, history_url: str
):
    """A migration gone wrong, somebody's forgotten transaction: named, with the lag."""
    with running(env, "persist") as (_, asked):
        assert asked.becomes_ready()
        with psycopg.connect(history_url) as connection:
            connection.execute("LOCK TABLE history.events IN ACCESS EXCLUSIVE MODE")
            producing_to(services.kafka, topic)([an_event()])

            assert asked.becomes_unready("lock timeout")
            status, told = asked.ask("/ready")
            assert (status, told["parts"][0]["lag_s"] > 0) == (503, True)
            assert asked.ask("/live")[0] == 200
            assert kept_ids_without_lock(connection) == 0

        assert asked.becomes_ready()
        assert wait_until(lambda: len(kept_ids(history_url)) == 1, timeout_s=30)


def kept_ids_without_lock(connection: psycopg.Connection[Any]) -> int:
    """How many the session that holds the lock sees."""
    row = connection.execute("SELECT count(*) FROM history.events").fetchone()
    return int(row[0]) if row else 0


def test_persister_that_hangs_in_a_call_is_not_alive(
    env: dict[str, str], services: Services, topic: str, private_postgres: EmbeddedPostgres
):
    """A server that takes the batch and never answers: no time-out of ours ends that."""
    history = private_postgres.url()
    migrate(history)
    env |= {"BACKSTORY_HISTORY_URL": history, "BACKSTORY_STUCK_AFTER_S": "3"}
    with running(env, "persist") as (_, asked):
        assert asked.becomes_ready()
        sessions = "SELECT pid FROM pg_stat_activity WHERE application_name = 'backstory.history'"
        [(backend,)] = rows(history, sessions)
        os.kill(backend, signal.SIGSTOP)
        try:
            producing_to(services.kafka, topic)([an_event()])
            assert asked.becomes_unready("stuck: writing 1 records to 'history' for")
            assert asked.ask("/live")[0] == 503
        finally:
            os.kill(backend, signal.SIGCONT)

        assert asked.becomes_ready()
        assert wait_until(lambda: len(kept_ids(history)) == 1, timeout_s=30)


def test_relay_before_a_frozen_broker_is_not_ready_and_recovers(
    env: dict[str, str], private_kafka: EmbeddedKafka, app_url: str
):
    """What is committed waits; the relay says since when, and for whom."""
    env |= {"BACKSTORY_KAFKA": private_kafka.bootstrap_servers, "BACKSTORY_TOPIC": "events"}
    create_topics(private_kafka.bootstrap_servers, ["events"])
    bind(app_url)
    with running(env, "relay") as (_, asked):
        assert asked.becomes_ready()

        private_kafka.process.send(signal.SIGSTOP)
        rows(
            app_url,
            "INSERT INTO backstory_outbox (kind, name, version, new, new_count) "
            "VALUES ('event', 'page.viewed', 1, '{\"path\": \"/\", \"duration_ms\": 1}', 1)",
        )
        assert asked.becomes_unready("Kafka has not acknowledged a batch")
        assert asked.ask("/ready")[1]["parts"][0]["lag_s"] > 4
        private_kafka.process.send(signal.SIGCONT)

        assert asked.becomes_ready()
        assert asked.ask("/ready")[1]["parts"][0]["lag_s"] == 0


def bind(app_url: str) -> None:
    """Give the database a source name."""
    command = [sys.executable, "-m", "infra.cli", "source", "new", "shop"]
    env = {**os.environ, "BACKSTORY_APP_URL": app_url, "BACKSTORY_KAFKA": "unused:1"}
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def test_relay_without_its_database_is_not_ready(env: dict[str, str]):
    """It waits for it, and says so."""
    env |= {"BACKSTORY_APP_URL": "postgresql://nobody@127.0.0.1:1/none"}
    with running(env, "relay") as (_, asked):
        assert asked.becomes_unready("waiting for the database")
        assert asked.ask("/live")[0] == 200
