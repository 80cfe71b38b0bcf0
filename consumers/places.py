"""Where a source stands in each partition it was given, and which record is the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Places:
    """Partitions wait until somebody says where they begin; from then on records come in order.

    ``seek`` is told to read a partition again from an offset.
    """

    def __init__(self, seek: Callable[[int, int], None]) -> None:
        self._seek = seek
        self._gaps: dict[int, tuple[int, int]] = {}
        self.next: dict[int, int] = {}
        self.waiting: set[int] = set()

    def assign(self, partitions: Iterable[int]) -> None:
        """Let these wait."""
        for partition in partitions:
            self.next.pop(partition, None)
            self.waiting.add(partition)

    def revoke(self, partitions: Iterable[int]) -> None:
        """Neither read nor wait."""
        for partition in partitions:
            self.next.pop(partition, None)
            self.waiting.discard(partition)

    def begin(self, partition: int, offset: int) -> None:
        """Read a partition that waits."""
        self._seek(partition, offset)
        self.next[partition] = offset
        self.waiting.discard(partition)

    def rewind(self) -> list[int]:
        """Let all that are read wait again; which these are."""
        started = list(self.next)
        self.next.clear()
        self.waiting.update(started)
        return started

    def clear(self) -> None:
        """No partition is ours."""
        self.next.clear()
        self.waiting.clear()
        self._gaps.clear()

    def takes(self, partition: int, offset: int) -> bool:
        """Whether this record is the next one: not from before a seek, nor of a lost partition."""
        if partition not in self.next:
            return False
        expected = self.next[partition]
        if offset != expected and not self._is_gap(partition, expected, offset):
            return False
        self.next[partition] = offset + 1
        return True

    def _is_gap(self, partition: int, expected: int, offset: int) -> bool:
        """A jump in offsets (a transaction's marker) is believed when a second reading shows it."""
        if offset < expected:
            return False
        seen = self._gaps.get(partition)
        if seen == (expected, offset):
            del self._gaps[partition]
            return True
        if seen is None or seen[0] != expected:
            self._gaps[partition] = (expected, offset)
            self._seek(partition, expected)
        return False
