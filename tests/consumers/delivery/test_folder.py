"""The broker without a server: whole messages, each to one worker."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

import consumers.delivery.folder  # noqa: F401  (makes folder:// known)
from infra.waiting import wait_until

PUT = """
import sys
from kombu import Connection
import consumers.delivery.folder
queue = Connection("folder://localhost", transport_options={"folder": sys.argv[1]}).SimpleQueue("q")
for number in range(100_000):
    queue.put({"number": number})
"""


def connected(folder: Path) -> Connection:
    return Connection("folder://localhost", transport_options={"folder": str(folder)})


def taken(folder: Path) -> list[int]:
    """What one worker takes until nothing is left."""
    numbers = []
    with connected(folder) as connection, connection.SimpleQueue("q") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return numbers
            message.ack()
            numbers.append(message.payload["number"])


def test_several_workers_take_each_message_once(tmp_path: Path):
    """In all, every message; no worker fails for what another has taken first."""
    with connected(tmp_path) as connection, connection.SimpleQueue("q") as queue:
        for number in range(200):
            queue.put({"number": number})
        assert queue.qsize() == 200

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(taken, [tmp_path] * 4))

    assert sorted(number for share in shares for number in share) == list(range(200))


def test_a_writer_killed_anywhere_leaves_whole_messages(tmp_path: Path):
    """Kombu's own filesystem:// leaves empty files, of which its workers die."""
    for round_ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", PUT, str(tmp_path)])
        before = len(list(tmp_path.glob("q/*.message")))
        assert wait_until(
            lambda before=before: len(list(tmp_path.glob("q/*.message"))) > before + 20,
            timeout_s=30,
        )
        writer.kill()
        writer.wait(10)
        assert taken(tmp_path), round_


def test_a_folder_that_is_gone_is_an_empty_one(tmp_path: Path):
    """Somebody tidied up: the worker goes on, and what is asked for next is found."""
    folder = tmp_path / "broker"
    with connected(folder) as connection, connection.SimpleQueue("q") as queue:
        queue.put({"number": 1})
        shutil.rmtree(folder)
        with pytest.raises(Empty):
            queue.get(block=False)
        queue.put({"number": 2})
    assert taken(folder) == [2]
