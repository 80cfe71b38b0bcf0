"""How far a topic has been rebuilt, kept in the history, so that a kill costs a batch at most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import psycopg

from ..errors import ConsumeError, SinkRefused, SourceRefused
from ..history.failures import translated
from ..sql import statement as history_statement
from .reading import Place, RoutedEvent, read_in_order
from .sql import statement

BATCH: Final = 5_000


@dataclass(frozen=True)
class Progress:
    """How far a rebuild has come.

    Attributes:
        begun_at: what was kept before that moment belongs to it.
        place: all up to here is in the topic.
        events: how many those are, each counted once however often it was sent.
    """

    begun_at: datetime
    place: Place
    events: int
    finished: bool


class RebuildIncomplete(ConsumeError):  # noqa: N818
    """The history changed below a rebuild: not everything it holds is in the topic."""

    def __init__(self, topic: str, sent: int, kept: int) -> None:
        super().__init__(
            f"topic {topic!r} got {sent} events, the history has {kept} of before the rebuild "
            "began: rows came in that were being written in that moment, or rows were removed; "
            "delete the topic and rebuild it while no persister runs"
        )
        self.sent = sent
        self.kept = kept


class Rebuild:
    """One topic's rebuild: hands out what is left to send, and remembers what was acknowledged.

    Two connections: one reads for as long as it takes, the other stores the progress.
    """

    def __init__(
        self, url: str, topic: tuple[str, str], store: psycopg.Connection[Any], progress: Progress
    ) -> None:
        self._url = url
        self._topic = topic
        self._store = store
        self.progress = progress

    def count(self) -> int:
        """How many events belong to the rebuild; this looks at every row of the history."""
        return _count(self._store, self.progress.begun_at)

    def batches(self, size: int = BATCH) -> Iterator[list[RoutedEvent]]:
        """What is left, in order; raises SinkUnavailable or SinkRefused."""
        try:
            with _connected(self._url) as reading:
                progress = self.progress
                yield from read_in_order(reading, progress.begun_at, progress.place, size)
        except psycopg.Error as error:
            raise translated("history", error) from error

    def acknowledged(self, batch: list[RoutedEvent]) -> None:
        """Remember that the topic has a batch, and all before it."""
        place, events = batch[-1].place, len(batch)
        self._store.execute(statement("advance"), (*place, events, *self._topic))
        done = self.progress.events + events
        self.progress = replace(self.progress, place=place, events=done)

    def finish(self) -> None:
        """Note that all is in the topic; raises RebuildIncomplete when the count says otherwise."""
        kept = self.count()
        if self.progress.events != kept:
            raise RebuildIncomplete(self._topic[0], self.progress.events, kept)
        self._store.execute(statement("finish"), self._topic)
        self.progress = replace(self.progress, finished=True)


@contextmanager
def rebuilding(url: str, topic: str, topic_id: str, *, empty: bool) -> Iterator[Rebuild]:
    """Begin the rebuild of an empty topic, or go on with it; one process at a time.

    Raises SourceRefused for a topic with events that no rebuild put there, SinkRefused when another
    process is at it, SinkUnavailable.
    """
    try:
        with _connected(url) as store:
            row = store.execute(statement("claim"), (topic,)).fetchone()
            if not (row and row[0]):
                raise SinkRefused("history", f"another process rebuilds {topic!r}", "wait for it")
            if empty:
                store.execute(statement("begin"), (topic, topic_id))
            yield Rebuild(url, (topic, topic_id), store, _progress(store, topic, topic_id))
    except psycopg.Error as error:
        raise translated("history", error) from error


def count_events(url: str) -> int:
    """How many events a history holds; raises SinkUnavailable or SinkRefused."""
    try:
        with _connected(url) as connection:
            return _count(connection, "infinity")
    except psycopg.Error as error:
        raise translated("history", error) from error


def _progress(store: psycopg.Connection[Any], topic: str, topic_id: str) -> Progress:
    row = store.execute(statement("progress"), (topic, topic_id)).fetchone()
    if row is None:
        reason = "it holds events that no rebuild from this history put there"
        raise SourceRefused(topic, reason, "name a topic that is new or empty")
    begun_at, source, sequence, position, event_id, events, finished = row
    return Progress(begun_at, Place(source, sequence, position, event_id), events, finished)


def _count(connection: psycopg.Connection[Any], before: datetime | str) -> int:
    row = connection.execute(statement("count_events"), (before,)).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, autocommit=True, application_name="backstory.rebuild") as connection:
        connection.execute(history_statement("open_session"))
        yield connection
