"""How `backstory doctor` judges what it was told."""

import pytest

from infra.doctor.clients import check_clients
from infra.doctor.clocks import check_clocks
from infra.doctor.kafka import check_committed, check_copies, check_reach, check_topic_settings
from infra.status.kafka import Reach

SAFE_TOPIC = {
    "cleanup.policy": "delete",
    "unclean.leader.election.enable": "false",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "min.insync.replicas": "2",
}


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("cleanup.policy", "compact,delete", "compaction"),
        ("unclean.leader.election.enable", "true", "unclean election"),
        ("retention.ms", "604800000", "retention"),
        ("retention.bytes", "1000000", "retention"),
    ],
)
def test_a_topic_that_drops_events_is_found(name: str, value: str, check: str):
    """Each of them is somebody's default."""
    [finding] = check_topic_settings("events", SAFE_TOPIC | {name: value})

    assert finding.check == check
    assert f"{name}=" in finding.fix


@pytest.mark.parametrize(
    ("replicas", "brokers", "insync", "problems"),
    [(1, 1, "1", 0), (1, 3, "1", 1), (3, 3, "1", 1), (3, 3, "2", 0)],
)
def test_an_event_that_one_broker_alone_has_is_found(
    replicas: int, brokers: int, insync: str, problems: int
):
    """Only where there are other brokers to put it on."""
    settings = SAFE_TOPIC | {"min.insync.replicas": insync}

    found = list(check_copies("events", settings, replicas=replicas, brokers=brokers))

    assert len(found) == problems


def test_offsets_outside_the_topic_are_found():
    """Below it events are gone, above it the topic is another one."""
    there = Reach(begins={0: 100, 1: 0, 2: 0}, ends={0: 200, 1: 50, 2: 50})

    lost, recreated = check_reach("history", "events", there, {0: 40, 1: 60, 2: 50})

    assert "60 events are gone" in lost.problem
    assert "read partition 1 of topic 'events' up to 60, but it ends at 50" in recreated.problem


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        ({"linger.ms": "5", "acks": "-1", "enable.auto.commit": "False"}, 0),
        ({"enable.auto.commit": "true"}, 1),
        ({"partitioner": "consistent_random", "acks": "1"}, 2),
    ],
)
def test_client_settings_that_undo_safety_are_found(config: dict[str, str], problems: int):
    """They are copied from tutorials where they do no harm."""
    assert len(list(check_clients(config))) == problems


def test_clocks_that_disagree_are_found():
    """Event ids carry the time; a second of difference is told, half a minute is wrong."""
    found = list(check_clocks({"near": 0.2, "late": -2.0, "wrong": 3600.0}))

    assert [(each.severity, "late" in each.problem) for each in found] == [
        ("warning", True),
        ("error", False),
    ]
    assert "2.0 s behind" in found[0].problem


def test_a_group_that_has_committed_what_is_kept_is_fine():
    """Our own commit follows what is kept, and may lag behind."""
    assert list(check_committed("history", "events", {0: 5, 1: 5}, {0: 5, 1: 2})) == []
