"""``backstory replay`` as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from consumers import PersisterSettings
from tests.consumers.observing import rows
from tests.consumers.producing import Produce
from tests.consumers.test_sources import delete_before
from tests.factories import an_event
from tests.replay.playing import ALL_BUT_ARRIVAL, persist

BACKSTORY = [sys.executable, "-c", "from infra.cli import main; main()"]


@pytest.fixture
def env(live: PersisterSettings, tmp_path: Path) -> dict[str, str]:
    """The variables of the live history."""
    return {
        **os.environ,
        "BACKSTORY_KAFKA": live.kafka_servers,
        "BACKSTORY_HISTORY_URL": live.history_url,
        "BACKSTORY_TOPIC": live.topic,
        "BACKSTORY_CONSUMER": live.consumer,
        "BACKSTORY_HOME": str(tmp_path),
    }


def replay(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``backstory replay`` to its end."""
    return subprocess.run(
        [*BACKSTORY, "replay", *words],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(env: dict[str, str], *words: str) -> dict[str, object]:
    """What it says to programs."""
    done = replay(env, *words, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_from_dry_run_to_the_former_history_dropped(
    env: dict[str, str], live: PersisterSettings, produce: Produce
):
    """The commands of the page, in their order."""
    produce([an_event() for _ in range(30)])
    produce([an_event(subject="captable.Company/3") for _ in range(10)], partition=1)
    persist(live)
    before = rows(live.history_url, ALL_BUT_ARRIVAL)

    estimate = told(env, "history", "--dry-run", "--subject", "captable.Company/3")
    assert (estimate["records"], estimate["events"]) == (40, 10)
    assert told(env, "status") == {"replay": None, "old": []}, "nothing was written"

    filled = told(env, "history", "--rate", "1000")
    assert (filled["rows"], filled["missing"], filled["old"]) == (40, 0, None)
    under_way = told(env, "status")["replay"]
    assert isinstance(under_way, dict)
    assert (under_way["stage"], under_way["kept"], under_way["behind"]) == ("compared", 40, 0)

    swapped = told(env, "history", "--swap")
    assert swapped["hash"] == filled["hash"]
    assert rows(live.history_url, ALL_BUT_ARRIVAL) == before
    dropped = replay(env, "drop-old", "--reason", "checked", "--actor", "ann")
    assert dropped.stdout == f"dropped: {swapped['old']}\n"
    assert told(env, "status") == {"replay": None, "old": []}
    assert rows(live.history_url, "SELECT kind, reason FROM history.decisions")[-1] == (
        "dropped",
        "checked",
    )


def test_refusal_says_what_would_be_lost_and_the_way_out(
    env: dict[str, str], live: PersisterSettings, produce: Produce
):
    """No traceback; the month and the first ids are shown, the live history is as it was."""
    events = [an_event() for _ in range(5)]
    produce(events)
    persist(live)
    delete_before(live.kafka_servers, live.topic, offset=2)

    refused = replay(env, "history", "--swap")

    assert refused.returncode == 1
    assert "2 events are only in the live history" in refused.stderr
    assert "--carry-over" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "2 missing" in refused.stdout
    assert replay(env, "abandon", "--reason", "").returncode == 1
    assert told(env, "status")["replay"], "without a reason nothing was dropped"
    gone = replay(env, "abandon", "--reason", "too little is left", "--actor", "ann")
    assert gone.stdout == "the replay is gone\n"
    kept = "SELECT kind, actor, reason, facts->>'read' FROM history.decisions"
    assert rows(live.history_url, kept) == [("abandoned", "ann", "too little is left", "3")]
    again = replay(env, "abandon", "--reason", "once more")
    assert again.stdout == "no replay was under way\n"
    assert len(rows(live.history_url, kept)) == 1


def test_former_history_is_not_dropped_while_it_holds_more(
    env: dict[str, str], live: PersisterSettings, produce: Produce
):
    """What reached the old table unseen is found before it is gone for good."""
    produce([an_event() for _ in range(5)])
    persist(live)
    old = told(env, "history", "--swap")["old"]
    copied = (
        f"INSERT INTO {old}.events SELECT (e).* FROM (SELECT jsonb_populate_record(e, "
        f"jsonb_build_object('id', gen_random_uuid())) AS e FROM {old}.events e LIMIT 1) AS one"
    )
    rows(live.history_url, copied)

    refused = replay(env, "drop-old", "--reason", "checked")
    carried = replay(env, "drop-old", "--reason", "checked", "--carry-over")

    assert refused.returncode == 1
    assert "holds 1 events" in refused.stderr
    assert carried.returncode == 0
    assert rows(live.history_url, "SELECT count(*) FROM history.events") == [(6,)]
