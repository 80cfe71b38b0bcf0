"""The port to the topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from schemas import RecordHeaders


class Record(msgspec.Struct, frozen=True, gc=False):
    """An event as it goes to the topic: events with the same key stay in order.

    Attributes:
        sequence: place in the order of its source.
    """

    key: str
    value: bytes
    headers: RecordHeaders
    sequence: str


class Publisher(Protocol):
    """Where events go. One batch is under way at a time."""

    @property
    def largest_bytes(self) -> int:
        """Return how large key, value and headers together may be."""

    def send(self, records: Sequence[Record]) -> None:
        """Hand over a batch, to land in its order; raise DeliveryFailed when it cannot be taken."""

    def settle(self, timeout_s: float) -> bool:
        """Wait until the whole batch is acknowledged; return False when the time is up before.

        Raises:
            DeliveryFailed: a part of the batch was refused; nothing of it is under way any more.
        """

    def drop(self) -> None:
        """Let go of a batch under way: what has not landed never will. Never raises."""

    def close(self) -> None:
        """Drop what is under way and let go of the broker; never raises."""
