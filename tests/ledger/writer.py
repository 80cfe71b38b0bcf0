"""The application as a process: several connections that race, and note what came of it.

    python -m tests.ledger.writer URL SEED FOLDER SYNCHRONOUS_COMMIT

It writes until SIGTERM, through restarts of the database. Each transaction's intent is in
the file before its first statement, its outcome after the last answer: unknown where COMMIT was not
answered. A statement that fails for another reason than a deadlock is told on standard output.
"""

import os
import sys
import time
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import psycopg

from infra.demo.ledger import Intent, Ledger, Outcome
from infra.signals import stop_event
from tests.ledger.transactions import a_transaction

CONNECTIONS = 8
_PAUSE_S = 0.012
_RECONNECT_S = 0.1
_EXPECTED = (psycopg.errors.DeadlockDetected, psycopg.errors.AdminShutdown)
REFUSED = "refused: "

Connection = psycopg.Connection[Any]


def main(url: str, seed: str, folder: str, synchronous_commit: str) -> None:
    """Write until told to stop."""
    ledger = Ledger(Path(folder) / f"attempts-{os.getpid()}.jsonl")
    options = f"-c synchronous_commit={synchronous_commit} -c deadlock_timeout=20ms"
    with stop_event() as stop:
        threads = [
            Thread(target=_write, args=(url, options, Random(f"{seed} {n}"), n, ledger, stop))
            for n in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _write(url: str, options: str, rng: Random, number: int, ledger: Ledger, stop: Event) -> None:
    count = 0
    while not stop.is_set():
        try:
            with psycopg.connect(url, autocommit=True, options=options) as connection:
                while not (stop.is_set() or connection.broken):
                    count += 1
                    _attempt(connection, rng, f"{os.getpid()}-{number}-{count}", ledger)
                    stop.wait(rng.expovariate(1 / _PAUSE_S))
        except psycopg.OperationalError:
            stop.wait(_RECONNECT_S)


def _attempt(connection: Connection, rng: Random, key: str, ledger: Ledger) -> None:
    intent = ledger.note(Intent(key=key, what=f"transaction {key}"))
    end = "ROLLBACK" if rng.random() < 0.15 else "COMMIT"
    asked = ""
    try:
        connection.execute("BEGIN")
        for step in a_transaction(rng, key):
            if isinstance(step, float):
                time.sleep(step)
            else:
                connection.execute(step)
        asked = end
        connection.execute(end)
    except psycopg.Error as error:
        outcome = Outcome.UNKNOWN if asked == "COMMIT" else Outcome.ROLLED_BACK
        if not connection.broken:
            if not isinstance(error, _EXPECTED):
                print(f"{REFUSED}{key}: {' '.join(str(error).split())}", flush=True)
            connection.execute("ROLLBACK")
    else:
        outcome = Outcome.COMMITTED if end == "COMMIT" else Outcome.ROLLED_BACK
    ledger.settle(intent, outcome)


if __name__ == "__main__":
    main(*sys.argv[1:])
