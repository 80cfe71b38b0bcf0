"""Replay beside a history that is written and read all the while."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from consumers import PersisterSettings, persist_events
from infra.waiting import wait_until
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import Produce
from tests.factories import an_event
from tests.replay.playing import ANN, persist, replay


@contextmanager
def meanwhile(*works: object) -> Iterator[None]:
    """Each in a thread until the block ends; what one of them raises fails the test."""
    stop = threading.Event()
    raised: list[BaseException] = []

    def run(work: object) -> None:
        try:
            work(stop)  # type: ignore[operator]
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert raised == []


class Reader:
    """Counts the events on one connection, again and again, and remembers every answer."""

    def __init__(self, url: str, table: str) -> None:
        self._url = url
        self._query = f"SELECT count(*) FROM {table}"
        self.counts: list[int] = []

    def __call__(self, stop: threading.Event) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not stop.is_set():
                row = connection.execute(self._query).fetchone()
                self.counts.append(row[0] if row else -1)


def test_writers_and_readers_go_on_and_lose_nothing(
    live: PersisterSettings, produce: Produce, history: str
):
    """What arrives during the replay is in; no reader sees an error, or fewer rows than before."""
    sent = [an_event() for _ in range(500)]
    produce(sent)
    persist(live)
    readers = [Reader(history, "history.event_details"), Reader(history, "history.events")]

    def traffic(stop: threading.Event) -> None:
        while not stop.is_set():
            some = [an_event() for _ in range(20)]
            produce(some, partition=len(sent) // 20 % 6)
            sent.extend(some)
            wait_until(lambda: stop.is_set() or len(kept_ids(history)) >= len(sent), timeout_s=30)

    def persister(stop: threading.Event) -> None:
        persist_events(live, stop=stop)

    with meanwhile(persister):
        with meanwhile(traffic, *readers):
            assert wait_until(lambda: len(kept_ids(history)) > 600, timeout_s=30)
            replay(live, agreed=ANN)
            after_first = len(sent)
            replay(live, agreed=ANN)
        assert wait_until(lambda: len(kept_ids(history)) >= len(sent), timeout_s=30)

    assert sorted(kept_ids(history)) == sorted(event.id for event in sent)
    assert after_first > 600
    for reader in readers:
        assert len(reader.counts) > 10
        assert reader.counts == sorted(reader.counts)


def test_swap_waits_for_a_long_reader_without_holding_up_writers(
    live: PersisterSettings, produce: Produce, history: str, caplog: pytest.LogCaptureFixture
):
    """It asks for its lock again and again, each time too briefly to be noticed."""
    produce([an_event() for _ in range(10)])
    persist(live)
    caplog.set_level(logging.INFO, "backstory.replay")

    def persister(stop: threading.Event) -> None:
        persist_events(live, stop=stop)

    def swapping(stop: threading.Event) -> None:
        replay(live, agreed=ANN)

    with meanwhile(persister), psycopg.connect(history) as reader:
        reader.execute("SELECT count(*) FROM history.event_details")
        with meanwhile(swapping):
            assert wait_until(lambda: "not swapped yet" in caplog.text, timeout_s=60)
            produce([an_event()])
            assert wait_until(lambda: len(kept_ids(history)) == 11, timeout_s=30)
            assert rows(history, "SELECT kind FROM history.decisions") == []
            reader.rollback()
        assert len(rows(history, "SELECT kind FROM history.decisions WHERE kind = 'swapped'")) == 1
    assert len(kept_ids(history)) == 11
