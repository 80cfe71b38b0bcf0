"""How many records a consumer may reject before that counts as a fault of the whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from ..errors import TooManyDeadLetters
from ..records import DeadLetter, Move

RECORDS_PER_LETTER: Final = 10


class Rejections:
    """Counts the dead letters among the last records of each partition that is read.

    More than ``limit`` among the last ``10 * limit`` are too many: a schema that nobody here knows,
    a wrong key, a rule that always fails. To go on would divert the stream. Letters that somebody
    has retried or dropped do not count; the sink knows them, so a restart forgets nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._offsets: dict[int, list[int]] = {}

    def since(self, next_offsets: Mapping[int, int]) -> dict[int, int]:
        """From which offset on letters count, by partition."""
        reach = self._limit * RECORDS_PER_LETTER
        return {partition: max(0, end - reach) for partition, end in next_offsets.items()}

    def begin(self, kept: Mapping[int, Sequence[int]]) -> None:
        """Take over what the sink says of partitions that begin now."""
        self._offsets.update({partition: list(offsets) for partition, offsets in kept.items()})

    def check(
        self, consumer: str, moves: Mapping[int, Move], letters: Sequence[DeadLetter]
    ) -> None:
        """Raise TooManyDeadLetters if a batch that makes these moves brings too many."""
        if not letters:
            return
        for partition, start in self.since({p: m.next for p, m in moves.items()}).items():
            recent = self._offsets.get(partition, ())
            self._offsets[partition] = [offset for offset in recent if offset >= start]
        count = len(letters) + sum(map(len, self._offsets.values()))
        if count > self._limit:
            raise TooManyDeadLetters(consumer, letters, count=count, limit=self._limit)

    def add(self, letters: Sequence[DeadLetter]) -> None:
        """Count letters that the sink has kept."""
        for letter in letters:
            self._offsets.setdefault(letter.record.partition, []).append(letter.record.offset)

    def retain(self, partitions: Collection[int]) -> None:
        """Forget the partitions that are no longer ours."""
        self._offsets = {p: offsets for p, offsets in self._offsets.items() if p in partitions}
