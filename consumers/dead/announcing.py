"""The events that tell of acts, on their way from the history to Kafka."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psycopg

from schemas import Event, decode

from ..history.failures import translated
from ..sql import statement

Publish = Callable[[Sequence[tuple[Event, bytes]]], bool]
"""Takes events with their bytes; says whether Kafka has acknowledged them all."""


def announce_acts(url: str, publish: Publish) -> int:
    """Publish what Kafka has not acknowledged yet, and note that it has; how many that were.

    An act is written with its event, so none is lost when Kafka is down; after a crash an event may
    be published again, under the same id. What another process is publishing is left to it.
    Raises SinkUnavailable or SinkRefused.
    """
    try:
        with psycopg.connect(url, application_name="backstory.dead") as connection:
            connection.execute(statement("open_session"))
            found = connection.execute(statement("unpublished_acts")).fetchall()
            events = [(decode(text.encode()), text.encode()) for _, text in found]
            if not events or not publish(events):
                return 0
            connection.execute(statement("note_published"), ([letter for letter, _ in found],))
            return len(events)
    except psycopg.Error as error:
        raise translated("history", error) from error
