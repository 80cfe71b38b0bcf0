"""The demo itself, as a newcomer runs it, and whether its verdict can be trusted."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from infra.demo.ledger import Expected, Intent, Ledger, Outcome
from infra.demo.verdict import judge_run
from infra.waiting import wait_until

from .conftest import run

ZEROS = (
    *("lost", "phantom", "repeated", "inverted", "different_rows", "leaked", "surprises"),
    *("untold", "undelivered", "told_twice"),
)


@pytest.fixture(scope="module")
def played(installation, tmp_path_factory):
    """One run on the suite's servers: its folder, variables and result."""
    home = tmp_path_factory.mktemp("played")
    env = {**installation, "BACKSTORY_HOME": str(home)}
    arguments = ("demo", "--once", "--json", "--size", "30", "--services", "external")
    done = run("-m", "infra.cli", *arguments, env=env, cwd=home, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return home, env, json.loads(done.stdout)


def test_nothing_is_lost_though_all_but_the_site_were_killed(played):
    """The promise of the whole project, in one line of JSON."""
    _, _, result = played

    assert {name: result[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0)
    assert result["kills"] == 4
    assert result["events"] > 100
    assert result["rolled_back"] > 0


def test_people_were_told_what_the_rules_say(played):
    """Notifier and sender were killed as well; who waits, waits for a digest or the morning."""
    _, _, result = played

    assert sum(result["messages"].values()) > 0
    assert result["deliveries"]["sent"] > 0
    assert result["deliveries"].keys() <= {"sent", "digested", "waiting"}


def faults(played, ledger=None):
    """Judge again, all events of the database; return the counts of faults."""
    home, env, _ = played
    (path,) = (home / "demo" / "ledgers").iterdir()
    return judge_run(env, ledger or Ledger(path), {}).result


@pytest.fixture
def intents(played):
    """The intents of the run, to be changed."""
    home, _, _ = played
    (path,) = (home / "demo" / "ledgers").iterdir()
    return list(Ledger(path))


def a_ledger(intents):
    ledger = Ledger()
    for intent in intents:
        ledger.note(intent)
    return ledger


def test_verdict_misses_an_event_that_was_intended(played, intents):
    """A real history without one committed change is told so."""
    wish = Expected(type="model.updated", model="captable.Certificate", values={"number": "X"})
    more = Intent(key="x", what="x", expects=(wish,), outcome=Outcome.COMMITTED)

    assert faults(played, a_ledger([*intents, more])).lost == faults(played).lost + 1


def test_verdict_finds_an_event_that_rolled_back(played, intents):
    """The same history, had one of the intents been rolled back, holds phantoms."""
    issued = next(
        each
        for each in intents
        if each.trace
        and each.outcome is Outcome.COMMITTED
        and any(expected.type == "model.created" for expected in each.expects)
    )
    undone = Intent(
        key=issued.key,
        what=issued.what,
        trace=issued.trace,
        expects=issued.expects,
        outcome=Outcome.ROLLED_BACK,
    )
    others = [each for each in intents if each.key != issued.key]

    found = faults(played, a_ledger([*others, undone]))

    assert found.phantom > faults(played).phantom


def test_verdict_finds_a_repeated_event_and_a_row_without_history(played):
    """One event under a second id, one row changed behind the triggers' back."""
    _, env, _ = played
    before = faults(played)
    with psycopg.connect(env["BACKSTORY_HISTORY_URL"], autocommit=True) as history:
        history.execute(
            "INSERT INTO history.events SELECT (e2.e).* FROM (SELECT jsonb_populate_record(e, "
            "jsonb_build_object('id', '01999999-0000-7000-8000-000000000001', "
            "'offset', 999999999)) AS e FROM history.events e WHERE type = 'model.updated' "
            "AND model = 'captable.Certificate' AND trace_id IS NOT NULL LIMIT 1) AS e2"
        )
    with psycopg.connect(env["BACKSTORY_APP_URL"]) as application:
        application.execute("ALTER TABLE captable_legend DISABLE TRIGGER ALL")
        application.execute("UPDATE captable_legend SET text = text || '!'")

    found = faults(played)

    assert found.repeated == before.repeated + 1
    assert found.inverted > before.inverted
    assert found.different_rows > before.different_rows


def test_demo_from_nothing_ends_and_leaves_nothing_running(servers_folder, request):
    """What a newcomer does first: servers of its own, everything stopped in the end."""
    kind = request.config.getoption("--services")
    if kind == "external":
        pytest.skip("servers of somebody else are not started")
    home = servers_folder / "newcomer"
    env = {**os.environ, "BACKSTORY_HOME": str(home)}
    arguments = ("demo", "--once", "--json", "--size", "12", "--services", kind)

    done = run("-m", "infra.cli", *arguments, env=env, check=False)

    assert done.returncode == 0, done.stderr[-4000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert {name: result[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0)
    assert left_running(home) == []


def test_interrupted_demo_ends_its_processes(installation, tmp_path):
    """Ctrl-C in the middle of the traffic."""
    env = {**installation, "BACKSTORY_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "infra.cli", "demo", "--size", "500", "--services", "external"]
    with (
        (tmp_path / "out").open("wb") as out,
        subprocess.Popen(command, env=env, stdout=out, stderr=out, start_new_session=True) as demo,
    ):
        said = tmp_path / "out"
        assert wait_until(lambda: "people at work" in said.read_text(), timeout_s=90)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=40) == 130
    assert left_running(tmp_path) == []


def left_running(home: Path) -> list[str]:
    """Command lines of processes that work below a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"BACKSTORY_HOME={home}\0".encode() in environment and b"pytest" not in command:
            found.append(command.replace(b"\0", b" ").decode())
    return found
