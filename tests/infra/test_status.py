"""`backstory status`: what waits where, and what cannot be asked."""

import json
import time
from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner
from confluent_kafka import Producer

from infra.cli import main
from infra.embedded.ports import free_port
from infra.installation import Installation
from infra.status import gather
from schemas import ConfigurationError


def produce(installation: Installation, partition: int, times: list[float]) -> None:
    producer = Producer({"bootstrap.servers": installation.kafka})
    for moment in times:
        stamp = int(moment * 1000)
        producer.produce(installation.topic, b"{}", partition=partition, timestamp=stamp)
    assert producer.flush(10) == 0


def test_a_quiet_installation_waits_for_nothing(installation: Installation):
    """Everything answers, and nothing is to be done."""
    report = gather(installation)

    assert [server.up for server in report.servers] == [True, True, True]
    assert report.outbox is not None
    assert (report.outbox.rows, report.outbox.oldest_age_s, report.outbox.relay) == (0, None, None)
    assert [(group.consumer, group.lag_events, group.lag_s) for group in report.groups] == [
        ("history", 0, None)
    ]
    assert (report.dead_letters, report.problems) == ([], [])


def test_what_waits_in_the_outbox_is_counted_with_its_age(installation: Installation):
    """An old row is a relay that does not keep up, or is not there."""
    with psycopg.connect(installation.app_url or "") as connection:
        connection.execute(
            "INSERT INTO backstory_outbox (kind, name, at) VALUES "
            "('event', 'page.viewed', now() - interval '1 hour'), ('event', 'page.viewed', now())"
        )
        connection.execute(
            "UPDATE backstory_relay SET holder = 'web-1', heartbeat = now() - interval '5 min'"
        )
        connection.execute(
            "INSERT INTO backstory_window (number, events, digest, opened_at, closed_at) VALUES "
            "(1, 9999, '', now(), now() - interval '1 hour'), (2, 600, '', now(), now())"
        )

    outbox = gather(installation).outbox

    assert outbox is not None
    assert (outbox.rows, outbox.relay) == (2, "web-1")
    assert outbox.oldest_age_s == pytest.approx(3600, abs=30)
    assert outbox.heartbeat_age_s == pytest.approx(300, abs=30)
    assert outbox.relay_events_per_s == 10
    assert outbox.bytes > 0


def test_lag_is_told_in_events_and_in_seconds(installation: Installation):
    """From what a consumer has stored, not from what its group has committed."""
    now = time.time()
    produce(installation, 0, [now - 900, now - 600, now - 300])
    produce(installation, 1, [now - 500])
    with psycopg.connect(installation.history_url or "") as connection:
        connection.execute(
            "INSERT INTO history.offsets (consumer, topic, partition, topic_id, next_offset) "
            "VALUES ('history', %(topic)s, 0, '', 1), ('slack', %(topic)s, 0, '', 3), "
            "('slack', %(topic)s, 1, '', 1)",
            {"topic": installation.topic},
        )

    groups = {group.consumer: group for group in gather(installation, now=lambda: now).groups}

    assert groups["history"].lag_events == 3
    assert groups["history"].lag_s == pytest.approx(600, abs=1)
    assert (groups["slack"].lag_events, groups["slack"].lag_s) == (0, None)
    assert groups["slack"].moved_age_s == pytest.approx(0, abs=30)


def test_dead_letters_are_counted_with_the_last_reason(installation: Installation):
    """One look says whether it is the old trouble or a new one."""
    with psycopg.connect(installation.history_url or "") as connection:
        for offset, reason in enumerate(("field 'time'", "not JSON")):
            connection.execute(
                "INSERT INTO history.dead_letters "
                '(consumer, topic, topic_id, partition, "offset", headers, reason) '
                "VALUES ('history', 'x', '', 0, %s, '[]', %s)",
                (offset, reason),
            )

    [dead] = gather(installation).dead_letters

    assert (dead.consumer, dead.count, dead.last_reason) == ("history", 2, "not JSON")


def test_what_is_missing_is_told_with_the_way_out(installation: Installation, database: str):
    """A fresh installation says what to run next."""
    fresh = replace(installation, app_url=database, history_url=database, topic="not.there")

    report = gather(fresh)

    outbox, history, topic = report.problems
    assert "no outbox in schema 'public'" in outbox
    assert "manage.py migrate" in outbox
    assert "backstory migrate" in history
    assert "'not.there'" in topic


def test_servers_that_do_not_answer_leave_a_gap_and_no_password():
    """The others are still worth seeing, and the output may go into a ticket."""
    nobody = f"127.0.0.1:{free_port()}"
    url = f"postgresql://app:secret@{nobody}/app"

    report = gather(Installation(kafka=nobody, app_url=url))

    assert [server.up for server in report.servers] == [False, False, False]
    assert report.servers[1].address == f"{nobody}/app"
    assert report.servers[2].detail == "not configured"
    assert "secret" not in str(report)


def test_the_command_speaks_to_people_and_to_programs(installation: Installation):
    """The same facts either way."""
    env = {
        "BACKSTORY_KAFKA": installation.kafka,
        "BACKSTORY_APP_URL": installation.app_url,
        "BACKSTORY_HISTORY_URL": installation.history_url,
        "BACKSTORY_TOPIC": installation.topic,
    }

    shown = CliRunner().invoke(main, ["status"], env=env)
    told = CliRunner().invoke(main, ["status", "--json"], env=env)

    assert (shown.exit_code, told.exit_code) == (0, 0), shown.output + told.output
    assert installation.topic in shown.output
    assert json.loads(told.stdout)["groups"][0]["topic"] == installation.topic


def test_each_bad_setting_is_named():
    """Before anything is connected to."""
    with pytest.raises(ConfigurationError, match="BACKSTORY_KAFKA_CONFIG has 'acks'"):
        Installation.from_env({"BACKSTORY_KAFKA_CONFIG": "acks,linger.ms=5"})
