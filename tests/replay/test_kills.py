"""A replay killed anywhere: the live history is whole, and another run ends as the first would."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict

import pytest

from consumers import PersisterSettings, abandon_replay, replay_status
from tests.consumers.observing import rows
from tests.consumers.producing import Produce
from tests.factories import an_event
from tests.replay.playing import ALL_BUT_ARRIVAL, GIVEN_UP, old_schemas, persist

FAULTS = [
    "begin:1",
    "count:2",
    "make_indexes:1",
    "make_indexes:20",
    "note_indexed:1",
    "count_retried:1",
    "note_compared:1",
    "hold_writers:1",
    "make_swap:1",
    "drop_replay:1",
    "swapped",
]


@pytest.fixture
def filled(live: PersisterSettings, produce: Produce) -> PersisterSettings:
    """A live history with all the topic holds."""
    events = [an_event() for _ in range(300)]
    produce(events[::2], partition=0)
    produce([*events[1::2], *events[1:9:2]], partition=1)
    persist(live)
    return live


def test_replay_killed_anywhere_ends_the_same(filled: PersisterSettings):
    """One after the other, each kill met by what the one before left; rows and hash are the same.

    In between the history is whole, and the status can be read.
    """
    history = filled.history_url
    before = rows(history, ALL_BUT_ARRIVAL)
    reference = run(filled, "none")
    assert reference.returncode == 0

    for fault in FAULTS:
        assert run(filled, fault).returncode == -signal.SIGKILL, fault
        assert rows(history, ALL_BUT_ARRIVAL) == before, fault
        replay_status(history)

    last = run(filled, "none")
    assert (last.returncode, last.stdout) == (0, reference.stdout)
    assert rows(history, ALL_BUT_ARRIVAL) == before
    assert replay_status(history) is None
    assert len(old_schemas(history)) == 3, "of the first, of the one killed after it, of the last"


def test_killed_replay_goes_on_where_it_stood(filled: PersisterSettings):
    """Rows and offsets are committed together or not at all."""
    assert run(filled, "count:4").returncode == -signal.SIGKILL

    status = replay_status(filled.history_url)

    assert status is not None
    assert (status.stage, status.state.rejected) == ("loading", 0)
    assert 0 < status.state.read == status.state.kept < 300
    fresh = rows(filled.history_url, "SELECT count(*) FROM history_replay.events")
    assert fresh == [(status.state.kept,)]
    assert status.behind == 304 - status.state.read


def test_abandoned_replay_leaves_nothing(filled: PersisterSettings):
    """And the next one begins anew."""
    assert run(filled, "note_compared:1").returncode == -signal.SIGKILL
    before = rows(filled.history_url, ALL_BUT_ARRIVAL)

    assert abandon_replay(filled.history_url, GIVEN_UP)

    assert not abandon_replay(filled.history_url, GIVEN_UP)
    assert replay_status(filled.history_url) is None
    assert rows(filled.history_url, ALL_BUT_ARRIVAL) == before
    assert run(filled, "none").returncode == 0


def run(live: PersisterSettings, fault: str) -> subprocess.CompletedProcess[str]:
    """A replay with a swap at its end."""
    command = [sys.executable, "-m", "tests.replay.replay_process", json.dumps(asdict(live)), fault]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
