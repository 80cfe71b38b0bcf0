"""The port every channel is behind, and one in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from .outcomes import Accepted, Outcome


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is handed to a provider.

    Attributes:
        id: of the delivery; the same at each attempt.
        content: ``text`` always; ``html`` and ``blocks`` where there are.
    """

    id: UUID
    target: str
    title: str
    content: dict[str, Any]
    event_time: datetime


class Channel(Protocol):
    """A provider of one channel. It answers within ``limit_s`` and never raises."""

    name: str
    gap: timedelta
    """Between two messages to one target, all workers together."""

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message over."""


class MemoryChannel:
    """A channel that keeps what it is given, for tests of ours and of applications."""

    def __init__(
        self, name: str = "slack", *, answers: Sequence[Outcome] = (), gap: timedelta = timedelta()
    ) -> None:
        self.name = name
        self.gap = gap
        self.taken: list[Parcel] = []
        self._answers = list(answers)

    def send(self, parcel: Parcel) -> Outcome:
        """Give the next prepared answer; without any, accept."""
        answer = self._answers.pop(0) if self._answers else Accepted(str(len(self.taken)))
        if isinstance(answer, Accepted):
            self.taken.append(parcel)
        return answer
