"""The port every product-analytics service is behind, and one in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..errors import ConsumeError
from .selection import Tracked


class Product(Protocol):
    """A service that takes events in batches."""

    name: str

    def send(self, batch: Sequence[Tracked]) -> None:
        """Hand a batch over; it may have been handed over before, ids are the same then.

        Raises SinkUnavailable when trying again helps, SinkRefused when it does not.
        """


class MemoryProduct:
    """Keeps what it is given, each id once; for tests of ours and of applications."""

    name = "memory"

    def __init__(self, *, failures: Sequence[ConsumeError] = ()) -> None:
        self.taken: dict[object, Tracked] = {}
        self._failures = list(failures)

    def send(self, batch: Sequence[Tracked]) -> None:
        """Raise the next prepared failure, or take the batch."""
        if self._failures:
            raise self._failures.pop(0)
        for each in batch:
            self.taken.setdefault(each.id, each)
