"""A replay as a process of its own that is killed where a test wants it to.

    python -m tests.replay.replay_process SETTINGS_AS_JSON FAULT

SETTINGS are those of PersisterSettings. FAULT is ``none``, ``swapped`` (killed after the end) or
``STATEMENT:NUMBER``: killed when that statement of replay's has been run so many times, before its
transaction commits.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

import psycopg

from consumers import Agreed, Asked, PersisterSettings, replaying
from consumers.replay import loading
from consumers.replay.sql import statement
from tests.replay.playing import ignore

BATCH = 50  # so that a test has several


def kill_after(name: str, number: int) -> None:
    """Let the connection that runs the statement for the last time be the end of us."""
    fatal, run = statement(name), psycopg.Connection.execute
    left = number

    def execute(connection: Any, query: Any, *rest: Any, **options: Any) -> Any:
        nonlocal left
        done = run(connection, query, *rest, **options)
        if query == fatal:
            left -= 1
            if left == 0:
                die()
        return done

    psycopg.Connection.execute = execute  # type: ignore[method-assign]


def die() -> None:
    """At once; nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(settings_text: str, fault: str) -> None:
    """Replay and swap; print the hash."""
    loading._BATCH = BATCH  # type: ignore[misc]
    name, _, number = fault.partition(":")
    if number:
        kill_after(name, int(number))
    settings = PersisterSettings(**json.loads(settings_text))
    with replaying(settings, Asked(), stop=threading.Event(), tell=ignore) as replay:
        assert replay.fill()
        comparison = replay.compare()
        replay.swap(comparison, Agreed(actor="ann"))
    if fault == "swapped":
        die()
    print(comparison.hash)


if __name__ == "__main__":
    main(*sys.argv[1:])
