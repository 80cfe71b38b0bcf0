"""Everything between a writing application and its history, as processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from infra.demo.ledger import Intent, read
from infra.kafka import admin, end_offsets
from infra.waiting import wait_until

from .processes import Process
from .truth import read_history, read_truth
from .verdict import Verdict, compare

_PATIENCE_S = 60
_UNPUBLISHED = """
    SELECT EXISTS (SELECT FROM backstory_outbox AS o, backstory_relay AS r
        WHERE NOT pg_visible_in_snapshot(o.xid, r.snapshot)
            AND NOT coalesce(pg_visible_in_snapshot(o.xid, r.window_snapshot)
                AND o.seq <= r.last_seq, false))
"""


class Pipeline:
    """Writer, relay, standby and persister over given servers; nothing is started."""

    def __init__(
        self,
        *,
        app_url: str,
        history_url: str,
        kafka: str,
        topic: str,
        folder: Path,
        seed: str,
        synchronous_commit: str = "on",
    ) -> None:
        self.app_url, self.history_url = app_url, history_url
        self.random = Random(seed)
        self._topic = topic
        self._folder = folder
        self._seed = seed
        self._kafka = admin(kafka)
        env = {
            "BACKSTORY_APP_URL": app_url,
            "BACKSTORY_HISTORY_URL": history_url,
            "BACKSTORY_KAFKA": kafka,
            "BACKSTORY_TOPIC": topic,
            "BACKSTORY_DEAD_TOPIC": f"{topic}.dead",
            "BACKSTORY_CONSUMER": topic,
            "BACKSTORY_HOME": str(folder),
        }
        write = ("tests.ledger.writer", app_url, seed, str(folder), synchronous_commit)
        self.writer = Process(write, env, folder / "writer.log")
        self.relay = Process(("infra.cli", "relay"), env, folder / "relay.log")
        self.standby = Process(("infra.cli", "relay"), env, folder / "standby.log")
        self.persister = Process(("infra.cli", "persist"), env, folder / "persister.log")

    def on_topic(self) -> int:
        """How many events the topic holds, repeated ones among them."""
        return sum(end_offsets(self._kafka, self._topic).values())

    def kept(self) -> int:
        """How many events the history holds."""
        return self._number(self.history_url, "SELECT count(*) FROM history.events")

    def committed(self) -> int:
        """How many transactions were committed."""
        return self._number(self.app_url, "SELECT count(*) FROM attempt")

    def let_write(self, transactions: int) -> None:
        """Return when so many more transactions were committed."""
        enough = self.committed() + transactions
        self.wait_for(lambda: self.committed() >= enough, f"{transactions} transactions")

    def let_keep(self, count: int) -> None:
        """Return when the history holds so many more events."""
        enough = self.kept() + count
        self.wait_for(lambda: self.kept() >= enough, f"{count} more events in the history")

    def wait_for(self, true: Any, what: str) -> None:
        """Return when it is true; fail with what everybody said when that takes too long."""
        assert wait_until(true, timeout_s=_PATIENCE_S, every_s=0.05), self.told(f"no {what}")

    def verdict(self) -> Verdict:
        """End the writing, wait until all has arrived by itself, and compare."""
        self.writer.stop()
        self.wait_for(self._is_drained, "end of the draining")
        truth, told = read_truth(self.app_url), read_history(self.history_url)
        return compare(truth, told, self._intents())

    def told(self, what: object) -> str:
        """A failure in words."""
        processes = (self.writer, self.relay, self.standby, self.persister)
        return "\n".join([f"seed {self._seed}: {what}", *(p.said() for p in processes)])

    def _is_drained(self) -> bool:
        with psycopg.connect(self.app_url) as app, psycopg.connect(self.history_url) as history:
            [(waiting,)] = app.execute(_UNPUBLISHED).fetchall()
            [(open_events,)] = app.execute("SELECT window_events FROM backstory_relay").fetchall()
            [(windows,)] = app.execute("SELECT count(*) FROM backstory_window").fetchall()
            [(told,)] = history.execute(
                "SELECT count(*) FROM history.events WHERE type = 'relay.window'"
            ).fetchall()
            [(read_to,)] = history.execute(
                "SELECT coalesce(sum(next_offset), 0) FROM history.offsets"
            ).fetchall()
        return not (waiting or open_events) and windows == told and read_to == self.on_topic()

    def _intents(self) -> list[Intent]:
        return [intent for path in self._folder.glob("attempts-*.jsonl") for intent in read(path)]

    @staticmethod
    def _number(url: str, query: Any) -> int:
        with psycopg.connect(url) as connection:
            [(number,)] = connection.execute(query).fetchall()
        return int(number)


@contextmanager
def running(pipeline: Pipeline) -> Iterator[Pipeline]:
    """Start all but the standby and wait until events arrive; in the end nothing runs."""
    processes = (pipeline.writer, pipeline.relay, pipeline.persister)
    try:
        for process in processes:
            process.start()
        pipeline.let_keep(20)
        yield pipeline
    finally:
        for process in (*processes, pipeline.standby):
            process.kill()
