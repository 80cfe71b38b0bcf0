"""One relay's time as the leader: read, mark, publish, wait, store, over and over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from time import monotonic
from typing import Final

from .errors import DeliveryFailed
from .health import Health, Unwatched
from .ledger import LedgerBook
from .metrics import RelayMetrics
from .outbox import Outbox
from .publisher import Publisher, Record
from .registry import Registry
from .rows import LedgerLine, Page, Place, Progress, Start
from .telling import Batch
from .transform import Transformer

_log: Final = logging.getLogger("backstory.relay")

_BEAT_S: Final = 1.0
_LOOK_S: Final = 5.0
_SETTLE_S: Final = 0.25
_RETRY_S: Final = 0.2
_SLOW_S: Final = 5.0


class Stopped(Exception):  # noqa: N818
    """The relay was asked to stop, and the batch under way did not settle in time."""


@dataclass(frozen=True)
class _Prepared:
    """A page, and its events."""

    page: Page
    batch: Batch


class Turn:
    """Publishes an outbox from where the last leader stopped.

    One batch is under way at a time. While the broker works on it the next one is read and made,
    but handed over only when the first is acknowledged and the place of the second is stored: that
    synchronous commit is also what brings to disk all that the second contains, whatever its
    writers' ``synchronous_commit``.
    """

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        start: Start,
        *,
        stop: Flag,
        grace_s: float,
        now: Callable[[], datetime],
        metrics: RelayMetrics,
        health: Health | None = None,
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._place = start.place
        self._book = LedgerBook(start)
        self._unstored = False
        self._next: _Prepared | None = None
        self._transformer: Transformer | None = None
        self._made_for: tuple[str, int] | None = None
        self._stop = stop
        self._grace_s = grace_s
        self._now = now
        self._metrics = metrics
        self._health = health or Unwatched()
        self._beat_at = monotonic()
        self._looked_at = 0.0

    def step(self) -> int:
        """Publish one batch at most; return how many rows and windows it told of, 0 when idle."""
        self._health.begins("reading the outbox")
        self._beat()
        prepared = self._next or self._prepare(self._place)
        self._next = None
        page = prepared.page
        if page.rows or self._unstored or self._book.is_due(self._now()):
            self._store(page.before if page.rows else page.after, prepared.batch)
        self._place = page.before if page.rows else page.after
        lines = self._book.untold()
        if page.rows or lines:
            self._publish(prepared, lines)
        else:
            self._metrics.age.set(0)
            self._health.advanced()
        return len(page.rows) + len(lines)

    def finish(self) -> None:
        """Store what is acknowledged."""
        if self._unstored:
            self._store(self._place, Batch())

    def close_window(self) -> None:
        """Close the ledger window that is open and tell of it, however young it is."""
        while not self._book.is_settled:
            self._store(self._place, Batch(), early=True)
            lines = self._book.untold()
            if lines:
                nothing = Page([], self._place, self._place, "")
                self._publish(_Prepared(nothing, Batch()), lines)

    def _prepare(self, place: Place) -> _Prepared:
        page = self._outbox.read(place)
        if not page.rows:
            return _Prepared(page, Batch())
        window = self._book.number_for(self._now())
        return _Prepared(page, self._ready(page).batch(page.rows, window))

    def _ready(self, page: Page) -> Transformer:
        """Return a transformer that knows what the page's catalogue says and the topic takes."""
        made_for = (page.catalogue, self._publisher.largest_bytes)
        if self._transformer is None or self._made_for != made_for:
            source = self._outbox.source()
            registry = Registry(source.name, self._outbox.models)
            self._transformer = Transformer(source, registry, self._publisher.largest_bytes)
            self._made_for = made_for
        return self._transformer

    def _store(self, place: Place, batch: Batch, *, early: bool = False) -> None:
        """Store a place with the ledger, and the rows of the coming batch that are set aside."""
        ledger, closed, told = self._book.closing(self._now(), batch.window, early=early)
        self._outbox.store(
            Progress(
                place=place,
                ledger=ledger,
                closed=closed,
                announced=told,
                set_aside=tuple(batch.set_aside),
            )
        )
        self._book.stored(ledger, closed)
        self._unstored = False
        self._beat_at = monotonic()
        for row, reason in batch.set_aside:
            facts = {"outbox_seq": row.seq, "event_name": row.name, "reason": reason}
            _log.error("an outbox row is set aside", extra=facts)
        self._metrics.set_aside.inc(len(batch.set_aside))

    def _publish(self, prepared: _Prepared, lines: list[LedgerLine]) -> None:
        """Publish announcements and a batch, again and again until all of it has landed."""
        began = monotonic()
        rows = prepared.page.rows
        if rows:
            self._health.found(rows[0].at.timestamp())
        while True:
            records = self._announcements(prepared.page, lines) + prepared.batch.records
            self._health.begins(f"publishing {len(records)} events")
            try:
                self._publisher.send(records)
                if prepared.page.rows and self._next is None:
                    self._next = self._prepare(prepared.page.after)
                self._settle()
                break
            except DeliveryFailed as error:
                prepared = self._made_again(prepared, error)
        more = self._next is not None and bool(self._next.page.rows)
        self._health.advanced(rows[-1].at.timestamp() if rows and more else None)
        self._book.announced(lines)
        self._book.add(len(prepared.batch.records), prepared.batch.digest, self._now())
        self._place = prepared.page.after
        self._unstored = True
        self._metrics.batch_seconds.observe(monotonic() - began)
        self._count(prepared.page, records)

    def _announcements(self, page: Page, lines: list[LedgerLine]) -> list[Record]:
        return [self._ready(page).announcement(line) for line in lines] if lines else []

    def _made_again(self, failed: _Prepared, error: DeliveryFailed) -> _Prepared:
        """Make a batch anew after a failed delivery: the topic may take less than before."""
        _log.warning("a batch is sent again", extra={"error": str(error)})
        self._metrics.failures.inc()
        self._health.waits(str(error))
        self._next = None
        if self._stop.wait(_RETRY_S):
            raise Stopped
        self._beat()
        page = failed.page
        batch = self._ready(page).batch(page.rows, failed.batch.window)
        if batch.set_aside:
            self._store(page.before, batch)
        return _Prepared(page, batch)

    def _settle(self) -> None:
        """Wait for the broker, for as long as it takes; keep the lead meanwhile."""
        began, stopped_at = monotonic(), 0.0
        while not self._publisher.settle(_SETTLE_S):
            self._beat()
            if (waited_s := monotonic() - began) > _SLOW_S:
                self._health.waits(f"Kafka has not acknowledged a batch for {waited_s:.0f} s")
            if self._stop.is_set():
                stopped_at = stopped_at or monotonic()
                if monotonic() - stopped_at > self._grace_s:
                    raise Stopped

    def _beat(self) -> None:
        """Once a second, tell that this relay lives, and let go of what is published."""
        if monotonic() - self._beat_at >= _BEAT_S:
            self._outbox.heartbeat()
            self._outbox.maintain()
            self._beat_at = monotonic()
        if monotonic() - self._looked_at >= _LOOK_S:
            self._metrics.show(self._outbox.waiting(), self._now())
            self._looked_at = monotonic()

    def _count(self, page: Page, records: list[Record]) -> None:
        self._metrics.batches.inc()
        self._metrics.events.inc(len(records))
        self._metrics.bytes.inc(sum(len(record.value) for record in records))
        if page.rows:
            self._metrics.age.set((self._now() - page.rows[0].at).total_seconds())
