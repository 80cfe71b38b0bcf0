"""The port to the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .backlog import Waiting
from .rows import Page, Place, Progress, Source, Start, TrackedModel


class Outbox(Protocol):
    """Where committed changes and recorded events wait to be published.

    All methods but ``close`` raise OutboxUnavailable when the database does not answer; the next
    ``lead`` begins anew.
    """

    def lead(self) -> Start | None:
        """Become the one relay and return where the last one stopped; None while another leads.

        Raises:
            SourceUnbound: the database has no source name yet.
            SourceMismatch: the database is not the one its source was bound to.
        """

    def source(self) -> Source:
        """Return under which name this database publishes."""

    def models(self) -> Mapping[str, TrackedModel]:
        """Return the tracked models by label, as they are now."""

    def read(self, place: Place) -> Page:
        """Return what follows ``place``, in order; without rows when there is nothing.

        The same place with the same window gives the same rows, whatever was committed meanwhile,
        as long as ``place`` (or a later one of its window) is what was stored last.
        """

    def store(self, progress: Progress) -> None:
        """Make the progress durable, so that a crash of the server does not take it back.

        Raises:
            LeadershipLost: another relay has taken over; nothing was stored.
        """

    def heartbeat(self) -> None:
        """Keep the lead; raise LeadershipLost when it is gone."""

    def maintain(self) -> None:
        """Let go of rows that the stored progress says are published."""

    def waiting(self) -> Waiting:
        """Return what waits to be published."""

    def close(self) -> None:
        """Give up the lead and let go of the database; never raises."""
