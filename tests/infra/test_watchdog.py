"""systemd hears that a process lives, and nothing once it is stuck."""

import socket
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue

import pytest

from consumers import Health
from infra.process_settings import ProcessSettings
from infra.watchdog import watched


def test_systemd_is_told_only_while_every_part_lives(tmp_path: Path):
    """Then it ends the process and starts another."""
    now_s = 0.0
    health = Health("persist", stuck_after_s=60, monotonic=lambda: now_s)
    env = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(env["NOTIFY_SOCKET"])
        systemd.settimeout(0.2)
        with watched(ProcessSettings.from_env(env), [health], leave=lambda code: None):
            assert systemd.recv(100) == b"WATCHDOG=1"
            assert systemd.recv(100) == b"WATCHDOG=1"
            now_s = 61.0
            assert falls_silent(systemd)
            now_s = 59.0
            systemd.settimeout(10)
            assert systemd.recv(100) == b"WATCHDOG=1"


def test_process_ends_itself_once_a_part_is_stuck():
    """Nothing else helps against a call that never ends, and not everybody asks /live."""
    now_s, left = 0.0, Queue[int]()
    health = Health("relay", stuck_after_s=60, monotonic=lambda: now_s)
    process = replace(ProcessSettings.from_env({}), stuck_after_s=0.1)
    with watched(process, [health], leave=left.put):
        with pytest.raises(Empty):
            left.get(timeout=0.3)
        now_s = 61.0
        assert left.get(timeout=10) == 1


def falls_silent(systemd: socket.socket) -> bool:
    """Whether nothing comes for as long as ten messages take; what was sent before may."""
    for _ in range(1000):
        try:
            systemd.recv(100)
        except TimeoutError:
            return True
    return False
