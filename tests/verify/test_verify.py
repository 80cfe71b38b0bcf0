"""``backstory verify`` on a history that relay and persister have written, and somebody broke."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from confluent_kafka import TopicPartition

from infra.cli import main
from infra.kafka import admin, end_offsets
from infra.services import Services
from producer import adopt_source
from tests.consumers.observing import rows
from tests.verify.conftest import Verify, Write, behind_its_back

A_ROW = "(SELECT id FROM history.events WHERE ledger_window = 2 ORDER BY id LIMIT 1)"
Run = Callable[..., Result]
Env = dict[str, str]


def test_complete_history_is_proved_once(write: Write, verify: Verify):
    """What is proved is remembered; the next look is at new windows only."""
    write(7)
    write(3)

    first = verify()
    assert (first["windows"], first["events"]) == ({"proved": 2}, 10)
    assert (first["verdict"], first["findings"]) == ("complete", [])
    assert verify()["windows"] == {}

    write(5)
    assert (verify()["windows"], verify("--all")["windows"]) == ({"proved": 1}, {"proved": 3})


def test_deleted_row_is_found(write: Write, verify: Verify, history: str, topic: str):
    """By whoever proves the range again, though the window was proved before."""
    write(7)
    write(3)
    assert verify()["verdict"] == "complete"
    behind_its_back(history, f"DELETE FROM history.events WHERE id = {A_ROW}")

    report = verify("--since", "1h")

    assert report["windows"] == {"proved": 1, "incomplete": 1}
    assert report["missing_events"] == 1
    (finding,) = report["findings"]
    assert re.match(r"cap window 2 \(20\S+ \S+ to 20\S+ \S+ UTC\): incomplete: 1 of 3 ", finding)
    assert finding.endswith(
        f"missing; 1 events on topic '{topic}': `backstory replay consumer persist --from-time …` "
        "writes what is there"
    )


@pytest.mark.parametrize(
    "change",
    [
        'value = replace(value::text, \'"source":"cap"\', \'"source":"hat"\')::json',
        "username = 'mallory'",
    ],
)
def test_altered_row_is_found(write: Write, verify: Verify, history: str, change: str):
    """The ids are all there; the rows are not those that were proved."""
    write(7)
    write(3)
    assert verify()["verdict"] == "complete"
    behind_its_back(history, f"UPDATE history.events SET {change} WHERE id = {A_ROW}")

    for _ in range(2):
        assert verify("--all")["windows"] == {"proved": 1, "altered": 1}


def test_value_altered_before_anything_was_proved_is_found(
    write: Write, verify: Verify, history: str
):
    """The relay counted it as it was published."""
    write(7)
    write(3)
    change = """value = replace(value::text, '"source":"cap"', '"source":"hat"')::json"""
    behind_its_back(history, f"UPDATE history.events SET {change} WHERE id = {A_ROW}")

    report = verify()

    assert report["windows"] == {"proved": 1, "altered": 1}
    assert "its values are not those that the relay counted" in report["findings"][0]


def test_row_with_another_id_is_found(write: Write, verify: Verify, history: str):
    """Before anything was proved, and with the count unchanged."""
    write(3)
    write(3)
    behind_its_back(
        history,
        "UPDATE history.events SET id = overlay(id::text placing '0000' from 33)::uuid "
        f"WHERE id = {A_ROW}",
    )

    assert verify("--all")["windows"] == {"proved": 1, "unexpected": 1}


def test_dropped_window_is_found(write: Write, verify: Verify, history: str, app_url: str):
    """Numbers have no gaps; the last window is missed where the application's ledger is known."""
    for _ in range(3):
        write(2)
    drop = "DELETE FROM history.events WHERE type = 'relay.window' AND object_id = %s"
    behind_its_back(history, drop, "2")
    assert verify("--lag", "600")["windows"] == {"proved": 1, "waiting": 1}
    (finding,) = verify()["findings"]
    assert "untold: its relay.window is not in the history; its relay.window on topic" in finding
    behind_its_back(history, drop, "3")

    report = verify("--all", BACKSTORY_APP_URL=app_url)

    assert report["windows"] == {"proved": 1, "untold": 2}


def test_window_dropped_from_the_ledger_is_found(write: Write, verify: Verify, app_url: str):
    """The two have to agree."""
    write(2)
    write(2)
    assert verify(BACKSTORY_APP_URL=app_url)["verdict"] == "complete"
    rows(app_url, "DELETE FROM backstory_window WHERE number = 1")
    rows(app_url, "UPDATE backstory_window SET events = 3 WHERE number = 2")

    first, second = verify("--all", BACKSTORY_APP_URL=app_url)["findings"]
    assert first.endswith("unexpected: the application's ledger does not have it")
    assert second.endswith("its event says something else than the application's ledger")


def test_windows_that_expired_before_anybody_read_them_are_told(
    publish: Write,
    write: Write,
    verify: Verify,
    services: Services,
    topic: str,
    env: Env,
    app_url: str,
):
    """Also when nothing before them was ever kept: numbers begin with 1."""
    publish(3)
    publish(2)
    expire(services.kafka, topic)
    words = ["offsets", "skip", "--consumer", topic, "--reason", "no copy"]
    assert CliRunner().invoke(main, words, env=env).exit_code == 0
    write(4)

    report = verify()

    assert report["windows"] == {"proved": 1, "untold": 2}
    (finding,) = report["findings"]
    assert finding.startswith("cap windows 1 to 2 (before 20")
    assert f"gone from topic '{topic}', which begins later: partition " in finding
    assert "at offset" in finding
    assert finding.endswith("restore them from a copy of the topic or of the history")

    (finding,) = verify("--all", BACKSTORY_APP_URL=app_url)["findings"]
    assert re.match(r"cap windows 1 to 2 \(20.* to 20.*\): untold: 5 of 5 events missing;", finding)


def expire(servers: str, topic: str) -> None:
    """Drop all records, as retention does."""
    client = admin(servers)
    ends = end_offsets(client, topic)
    gone = [TopicPartition(topic, partition, end) for partition, end in ends.items() if end]
    for dropped in client.delete_records(gone).values():
        dropped.result(10)


def test_what_is_on_its_way_is_waited_for(
    publish: Write, persist: Callable[[], None], write: Write, verify: Verify, app_url: str
):
    """Not an alarm before the lag is over; and proved when it has arrived."""
    write(2)
    publish(3)

    on_its_way = verify("--lag", "60", BACKSTORY_APP_URL=app_url)
    assert (on_its_way["verdict"], on_its_way["windows"]) == (
        "complete",
        {"proved": 1, "waiting": 1},
    )
    assert verify(BACKSTORY_APP_URL=app_url)["windows"] == {"untold": 1}
    persist()
    assert verify(BACKSTORY_APP_URL=app_url)["windows"] == {"proved": 1}


def test_events_that_waited_in_the_outbox_for_days_are_found(
    publish: Write, persist: Callable[[], None], verify: Verify, app_url: str
):
    """Their ids are older than their window: the relay was down."""
    rows(app_url, "INSERT INTO certificate (id) VALUES (77)")
    rows(app_url, "UPDATE backstory_outbox SET at = at - interval '5 days'")
    publish(2)
    persist()

    report = verify()

    assert (report["windows"], report["events"]) == ({"proved": 1}, 3)


def test_reports_are_a_chain_that_shows_every_change(write: Write, verify: Verify, history: str):
    """Who signed the last digest can tell whether any report was changed afterwards."""
    for _ in range(3):
        write(2)
        verify("--actor", "ann")

    previous = ""
    for report, digest in rows(history, "SELECT report, digest FROM verify.reports ORDER BY id"):
        assert report["previous"] == previous
        assert digest == sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()
        assert report["actor"] == "ann"
        previous = digest


def test_report_can_be_printed_and_signed(run: Run, write: Write, verify: Verify):
    """The verdict first; range, counts, digests and who asked below."""
    write(2)

    page = run("--actor", "ann").stdout

    assert "is COMPLETE" in page
    assert "2 events proved; windows: 1 proved" in page
    assert "cap: windows 1 to 1" in page
    assert "in all    1 windows with 2 events proved" in page
    assert "ledger    as the history tells of it; BACKSTORY_APP_URL compares" in page
    assert "decisions none" in page
    assert "run by    ann at 20" in page


def test_ledger_that_cannot_be_read_is_no_verdict(run: Run, write: Write):
    """Monitoring must not take an outage for completeness, nor for loss."""
    done = run(BACKSTORY_APP_URL="postgresql://127.0.0.1:1/none")

    assert done.exit_code == 1
    assert "unset BACKSTORY_APP_URL" in done.output


def test_following_looks_at_new_windows_until_it_is_told_to_stop(
    write: Write, env: dict[str, str], tmp_path: Path
):
    """A process beside the persister; SIGTERM is no failure."""
    command = [Path(sys.executable).with_name("backstory"), "verify", "--follow", "--every", "0.1"]
    variables = {**os.environ, **env, "BACKSTORY_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    write(2)
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert next(process.stdout).startswith("2 events proved; windows: 1 proved")
        write(3)
        assert any(line.startswith("3 events proved") for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_events_published_again_by_an_adopted_source_are_known_by_their_ids(
    write: Write, verify: Verify, app_url: str, history: str
):
    """The history has them once, under their first window; the new one is proved all the same."""
    write(4)
    rows(app_url, "UPDATE backstory_source SET system_identifier = 1")
    with psycopg.connect(app_url) as connection:
        adopt_source(connection)
    write(2)
    told = rows(
        history,
        "SELECT value->'data'->>'events' FROM history.events WHERE object_id = '2' "
        "AND type = 'relay.window'",
    )
    assert told == [("6",)]

    report = verify()

    assert (report["windows"], report["events"]) == ({"proved": 2}, 6)
    assert verify("--all", BACKSTORY_TOPIC="not.there")["windows"] == {"proved": 2}
    behind_its_back(
        history,
        "DELETE FROM history.events WHERE id = (SELECT min(id::text)::uuid "
        "FROM history.events WHERE ledger_window = 2)",
    )
    assert verify("--all")["windows"] == {"proved": 1, "incomplete": 1}
