"""What rules may know of the past: the history, read only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg

from schemas import Event, decode

from ..history.failures import translated
from .sql import statement

_READ_ONLY = "-c default_transaction_read_only=on -c statement_timeout=2000"


class Past(Protocol):
    """Questions about what happened before. The history may lag behind the event in hand."""

    def events(
        self,
        *,
        type: str | None = None,  # noqa: A002  (the event's own word)
        subject: str | None = None,
        entity: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[Event]:
        """Return the newest events that fit all that is given, newest first."""

    def count(
        self,
        *,
        type: str | None = None,  # noqa: A002
        subject: str | None = None,
        entity: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
    ) -> int:
        """Return how many events fit all that is given."""


class HistoryPast:
    """The history database, on a read-only connection of its own, two seconds a question.

    Raises SinkUnavailable when it does not answer (the batch comes again); a question that takes
    too long raises ``psycopg.errors.QueryCanceled`` in the rule that asked.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: psycopg.Connection[Any] | None = None

    def events(self, *, limit: int = 100, **which: Any) -> list[Event]:
        """See the port."""
        rows = self._ask("past_events", which | {"limit": limit})
        return [decode(value) for (value,) in rows]

    def count(self, **which: Any) -> int:
        """See the port."""
        return int(self._ask("past_count", which)[0][0])

    def event(self, event_id: UUID) -> Event | None:
        """Return the event of that id, or None."""
        rows = self._ask("past_event", {"id": event_id})
        return decode(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the connection."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _ask(self, name: str, which: dict[str, Any]) -> list[tuple[Any, ...]]:
        model, _, object_id = (which.pop("subject", None) or "").partition("/")
        parameters = {"type": None, "entity": None, "actor": None, "since": None, **which}
        parameters |= {"model": model or None, "object_id": object_id or None}
        try:
            return self._connection().execute(statement(name), parameters).fetchall()
        except psycopg.errors.QueryCanceled:
            raise
        except psycopg.Error as error:
            self.close()
            raise translated("history", error) from error

    def _connection(self) -> psycopg.Connection[Any]:
        if self._open is None or self._open.closed:
            self._open = psycopg.connect(
                self._url,
                autocommit=True,
                application_name="backstory.rules",
                connect_timeout=5,
                options=_READ_ONLY,
                prepare_threshold=None,  # each set of filters deserves a plan of its own
            )
        return self._open


class MemoryPast:
    """Events in memory, for the tests of an application's rules."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = sorted(events, key=lambda event: event.id, reverse=True)

    def events(self, *, limit: int = 100, **which: Any) -> list[Event]:
        """See the port."""
        return [event for event in self._events if _fits(event, **which)][:limit]

    def count(self, **which: Any) -> int:
        """See the port."""
        return sum(_fits(event, **which) for event in self._events)


def _fits(
    event: Event,
    *,
    type: str | None = None,  # noqa: A002
    subject: str | None = None,
    entity: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
) -> bool:
    who = event.context.actor.id if event.context.actor else None
    return (
        type in (None, event.type)
        and subject in (None, event.subject)
        and entity in (None, event.context.entity)
        and actor in (None, who)
        and (since is None or event.time >= since)
    )
