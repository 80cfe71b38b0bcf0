"""The port to whoever is asked how the relay is doing."""

from __future__ import annotations

from typing import Protocol


class Health(Protocol):
    """Is told by the relay, and answers others. Nothing here waits or raises."""

    def begins(self, doing: str) -> None:
        """Hear what the relay is about to do, before anything that may take long."""

    def found(self, oldest_at: float | None) -> None:
        """Hear when the oldest row that is not published was written, in seconds since 1970."""

    def advanced(self, oldest_at: float | None = None) -> None:
        """Hear that something was published, and how old what is left may be; None: none is."""

    def waits(self, reason: str) -> None:
        """Hear why the relay cannot go on; it asks again."""


class Unwatched:
    """Told by a relay that nobody asks."""

    def begins(self, doing: str) -> None:
        """Nobody asks."""

    def found(self, oldest_at: float | None) -> None:
        """Nobody asks."""

    def advanced(self, oldest_at: float | None = None) -> None:
        """Nobody asks."""

    def waits(self, reason: str) -> None:
        """Nobody asks."""
