"""What can go wrong with a replay. Nothing of the live history is ever touched by a failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..errors import ConsumeError, TopicRecreated


class ReplayBusy(ConsumeError):  # noqa: N818
    """Another process works on the replay of this history.

    Attributes:
        backend: its process on the server; None if it ended in this moment.
    """

    def __init__(self, backend: int | None, client: str | None) -> None:
        who = f" (from {client or 'the same machine'}, pid {backend} on the server)"
        super().__init__(
            f"another process is replaying into this history{who if backend else ''}; wait for it, "
            "or end it (Ctrl-C there, or pg_terminate_backend): what it has done stays, and "
            "`backstory replay history` goes on from there"
        )
        self.backend = backend


class ReplayMissing(ConsumeError):  # noqa: N818
    """No replay is under way."""

    def __init__(self) -> None:
        super().__init__("no replay is under way: begin one with `backstory replay history`")


class ReplayAsked(ConsumeError):  # noqa: N818
    """The replay that is under way was asked for something else.

    Attributes:
        asked: what it was asked for, as ``Asked.as_json`` says it.
    """

    def __init__(self, asked: str) -> None:
        super().__init__(
            f"a replay is under way that was asked for {asked}: go on with it by the same options "
            "or without any, or end it with `backstory replay abandon --reason WHY`"
        )
        self.asked = asked


class ReplayRangeGone(ConsumeError):  # noqa: N818
    """The broker has dropped what the replay had not read yet."""

    def __init__(self, topic: str, partition: int, first: int, available: int) -> None:
        super().__init__(
            f"topic {topic!r} partition {partition}: offsets {first} to {available - 1} expired "
            "before the replay read them: `backstory replay abandon --reason WHY` and begin again, "
            "from what there is; what only the live history holds is found when they are compared"
        )
        self.partition = partition
        self.first = first
        self.available = available


class ReplayRecreated(TopicRecreated):
    """The topic is not the one whose records the fresh table holds."""

    def __init__(self, topic: str, reason: str) -> None:
        ConsumeError.__init__(
            self,
            f"topic {topic!r} was deleted and created again, or cut short, since its replay began: "
            f"{reason}; the fresh table is dropped with `backstory replay abandon --reason WHY`. "
            "The live history is as it was: `backstory offsets show` says what its persister needs",
        )
        self.topic = topic


class SwapRefused(ConsumeError):  # noqa: N818
    """Swapping the tables would lose or change something; the live history is as it was."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("the fresh table was not swapped in: " + "; ".join(reasons))
        self.reasons = tuple(reasons)


class SwapBlocked(ConsumeError):  # noqa: N818
    """Somebody held the history for too long in each attempt; trying again is safe."""

    retryable = True

    def __init__(self, attempts: int) -> None:
        super().__init__(
            f"the history was in use in each of {attempts} attempts to swap the tables: end long "
            "transactions (pg_stat_activity names them), then run the command again"
        )


class OldHistoryNeeded(ConsumeError):  # noqa: N818
    """A replaced history holds events that the live one lacks; it was not dropped."""

    def __init__(
        self, schema: str, count: int, first_at: datetime | None, last_at: datetime | None
    ) -> None:
        super().__init__(
            f"{schema!r} holds {count} events, from {first_at} to {last_at}, that the history "
            "lacks; it was not dropped. --carry-over copies them first"
        )
        self.schema = schema
        self.count = count
