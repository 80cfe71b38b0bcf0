"""Where a consumer begins that has never read a topic."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .records import Batch, Move

if TYPE_CHECKING:
    from .consumer import Consumer
    from .ports import Source


class Beginning(Enum):
    """With all there is, with what comes from now on, or with the first record ever.

    FIRST needs them all: a partition of which the broker dropped something before it was ever read
    stops the consumer (MissingRange) until somebody decides.
    """

    FIRST = "first"
    OLDEST = "oldest"
    END = "end"


def begin_at_end(consumer: Consumer, source: Source) -> None:
    """Store the topic's end as what this consumer has read, before it reads anything.

    Of all partitions at once, and before the first record: whoever is killed now, or is second,
    finds a beginning and skips nothing. A partition that is added later is read from its start.
    Raises OffsetConflict when another process was quicker.
    """
    ends = source.ends() or {0: 0}  # of an empty topic the first partition says that we were here
    consumer.sink.write(
        Batch(
            consumer=consumer.name,
            topic=source.topic,
            topic_id=source.topic_id(),
            events=[],
            rejected=[],
            moves={partition: Move(expected=None, next=end) for partition, end in ends.items()},
        )
    )
