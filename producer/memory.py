"""The ports in memory: for tests of host projects and ours, held to the same contract tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .backlog import Waiting
from .errors import DeliveryFailed, LeadershipLost
from .publisher import Record
from .rows import (
    Ledger,
    LedgerLine,
    OutboxRow,
    Page,
    Place,
    Progress,
    Source,
    Start,
    TrackedModel,
)


@dataclass
class OutboxTable:
    """What several MemoryOutboxes share, as relays share a database.

    Attributes:
        rows: in the order in which they became visible, whatever their numbers.
        leader: the outbox that leads, or None.
    """

    rows: list[OutboxRow] = field(default_factory=list)
    models: dict[str, TrackedModel] = field(default_factory=dict)
    source: Source = field(default_factory=lambda: Source(name="memory"))
    place: Place = field(default_factory=lambda: Place("0"))
    ledger: Ledger = field(default_factory=Ledger)
    windows: dict[int, LedgerLine] = field(default_factory=dict)
    announced: set[int] = field(default_factory=set)
    set_aside: list[tuple[OutboxRow, str]] = field(default_factory=list)
    leader: MemoryOutbox | None = None


class MemoryOutbox:
    """An Outbox in memory. A snapshot is the number of rows that were visible."""

    def __init__(self, table: OutboxTable, *, holder: str = "memory", page_rows: int = 100) -> None:
        self._table = table
        self._holder = holder
        self._page_rows = page_rows

    def lead(self) -> Start | None:
        """Become the one relay; see Outbox.lead."""
        table = self._table
        if table.leader not in (None, self):
            return None
        table.leader = self
        open_lines = (n for n in sorted(table.windows) if n not in table.announced)
        return Start(
            place=table.place,
            ledger=table.ledger,
            unannounced=tuple(table.windows[number] for number in open_lines),
        )

    def source(self) -> Source:
        """Return under which name events are published."""
        return self._table.source

    def models(self) -> Mapping[str, TrackedModel]:
        """Return the tracked models by label."""
        return dict(self._table.models)

    def read(self, place: Place) -> Page:
        """Return what follows a place; see Outbox.read."""
        if place.window is not None:
            page = self._page(place)
            if page.rows:
                return page
            place = page.after
        return self._page(Place(place.snapshot, str(len(self._table.rows))))

    def _page(self, before: Place) -> Page:
        assert before.window is not None
        seen = self._table.rows[int(before.snapshot) : int(before.window)]
        ahead = sorted((row for row in seen if row.seq > before.last_seq), key=lambda row: row.seq)
        rows = ahead[: self._page_rows]
        if len(rows) == len(ahead):
            after = Place(before.window)
        else:
            after = Place(before.snapshot, before.window, rows[-1].seq)
        return Page(rows, before, after, f"{self._table.source}{self._table.models}")

    def store(self, progress: Progress) -> None:
        """Make the progress durable; see Outbox.store."""
        self.heartbeat()
        table = self._table
        table.place, table.ledger = progress.place, progress.ledger
        table.windows.update({line.number: line for line in progress.closed})
        table.announced.update(progress.announced)
        table.set_aside.extend(kept for kept in progress.set_aside if kept not in table.set_aside)

    def heartbeat(self) -> None:
        """Raise LeadershipLost when the lead is gone."""
        if self._table.leader is not self:
            raise LeadershipLost(self._holder)

    def maintain(self) -> None:
        """Keep everything, so that tests can look at it."""

    def waiting(self) -> Waiting:
        """Return what waits to be published."""
        table = self._table
        ahead = table.rows[int(table.place.snapshot) :]
        rows = [row for row in ahead if row.seq > table.place.last_seq]
        return Waiting(
            rows=len(rows),
            oldest_at=min((row.at for row in rows), default=None),
            bytes=0,
            set_aside=len(table.set_aside),
            holder=self._holder,
            heartbeat=None,
        )

    def close(self) -> None:
        """Give up the lead."""
        if self._table.leader is self:
            self._table.leader = None


class MemoryPublisher:
    """A Publisher in memory.

    Attributes:
        records: what has landed.
        failures: positions in coming batches at which delivery fails once, one batch each; what
            stands behind such a position still lands, as it may in Kafka.
    """

    def __init__(self, *, largest_bytes: int = 1_000_000, failures: Sequence[int] = ()) -> None:
        self.records: list[Record] = []
        self.failures = list(failures)
        self.largest_bytes = largest_bytes
        self._failed = False

    def send(self, records: Sequence[Record]) -> None:
        """Let a batch land, or fail in its middle."""
        at = self.failures.pop(0) if self.failures else None
        self.records.extend(record for place, record in enumerate(records) if place != at)
        self._failed = at is not None

    def settle(self, timeout_s: float) -> bool:
        """Say at once how it went."""
        if self._failed:
            self._failed = False
            raise DeliveryFailed("a delivery failed, as the test wanted")
        return True

    def drop(self) -> None:
        """Forget a failure that nobody asked about."""
        self._failed = False

    def close(self) -> None:
        """Nothing is under way."""
