"""Everything between a writing application and its history, as processes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
from .writer import REFUSED

_UNPUBLISHED = """
    SELECT EXISTS (SELECT FROM backstory_outbox AS o, backstory_relay AS r
        WHERE NOT pg_visible_in_snapshot(o.xid, r.snapshot)
            AND NOT coalesce(pg_visible_in_snapshot(o.xid, r.window_snapshot)
                AND o.seq <= r.last_seq, false))
"""
_TO_TELL = "SELECT count(*) FROM witnessed WHERE old::text IS DISTINCT FROM new::text"
_TOLD = "SELECT count(*) FROM history.events WHERE type LIKE 'model.%'"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a pipeline runs.

    Attributes:
        folder: for logs, for what the writers note, and for names in the consumer group.
        synchronous_commit: of the writers.
        relay_sees: variables that differ for relays, such as another way to Kafka.
        persister_sees: the same for persisters.
        patience_s: how long anything that happens by itself may take.
    """

    app_url: str
    history_url: str
    kafka: str
    topic: str
    folder: Path
    synchronous_commit: str = "on"
    relay_sees: Mapping[str, str] = field(default_factory=dict)
    persister_sees: Mapping[str, str] = field(default_factory=dict)
    patience_s: float = 60

    @property
    def environment(self) -> dict[str, str]:
        """What ``backstory relay`` and ``backstory persist`` are told."""
        return {
            "BACKSTORY_APP_URL": self.app_url,
            "BACKSTORY_HISTORY_URL": self.history_url,
            "BACKSTORY_KAFKA": self.kafka,
            "BACKSTORY_TOPIC": self.topic,
            "BACKSTORY_DEAD_TOPIC": f"{self.topic}.dead",
            "BACKSTORY_CONSUMER": self.topic,  # or killed members of other tests hold partitions
            "BACKSTORY_HOME": str(self.folder),
        }


class Pipeline:
    """Writer, relay, standby and persister; nothing is started."""

    def __init__(self, place: Place, seed: str) -> None:
        self.app_url, self.history_url = place.app_url, place.history_url
        self.random = Random(seed)
        self._place = place
        self._seed = seed
        self._kafka = admin(place.kafka)
        self.relay = self._relay("relay")
        self.standby = self._relay("standby")
        self.persister = self.a_persister("persister")
        write = (place.app_url, seed, str(place.folder), place.synchronous_commit)
        self.writer = self._process("writer", ("tests.ledger.writer", *write), {})

    def a_persister(self, name: str, **sees: str) -> Process:
        """One that shares the topic with the others; ``sees`` are variables that differ for it."""
        differs = {**self._place.persister_sees, **sees}
        return self._process(name, ("infra.cli", "persist"), differs)

    def _relay(self, name: str) -> Process:
        return self._process(name, ("infra.cli", "relay"), self._place.relay_sees)

    def _process(self, name: str, words: Sequence[str], differs: Mapping[str, str]) -> Process:
        folder = self._place.folder
        return Process(words, {**self._place.environment, **differs}, folder / f"{name}.log")

    def on_topic(self) -> int:
        """How many events the topic holds, repeated ones among them."""
        return sum(end_offsets(self._kafka, self._place.topic).values())

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
        came = wait_until(true, timeout_s=self._place.patience_s, every_s=0.05)
        assert came, self.told(f"no {what}")

    def to_tell(self) -> int:
        """How many committed changes the history has to tell of."""
        return self._number(self.app_url, _TO_TELL)

    def told_of(self) -> int:
        """How many changes the history tells of."""
        return self._number(self.history_url, _TOLD)

    def dead_letters(self) -> int:
        """How many records could not be used."""
        return self._number(self.history_url, "SELECT count(*) FROM history.dead_letters")

    def act(self, *words: str) -> None:
        """Do what a person does, with a ``backstory`` command."""
        acting = self._process("person", ("infra.cli", *words), {})
        acting.start()
        self.wait_for(acting.ended, f"end of {words!r}")
        assert acting.end() == 0, acting.said()

    def verdict(self) -> Verdict:
        """End the writing, wait until all has arrived by itself, and compare."""
        self.writer.stop()
        self.wait_for(self._is_drained, "end of the draining")
        truth, told = read_truth(self.app_url), read_history(self.history_url)
        found = compare(truth, told, self._intents())
        return replace(found, refused=self.writer.lines(REFUSED))

    def told(self, what: object) -> str:
        """A failure in words, with what everybody said last."""
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
        return [
            intent for path in self._place.folder.glob("attempts-*.jsonl") for intent in read(path)
        ]

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
