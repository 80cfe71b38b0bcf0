"""The outbox in PostgreSQL, read by snapshot windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from .ahead import ReadAhead
from .backlog import Waiting, waiting
from .deferred import of_transactions
from .errors import LeadershipLost
from .found import line_of, model_of
from .ledger import digest_text
from .marks import Marks
from .nesting import may_go_on
from .rows import (
    Ledger,
    OutboxRow,
    Page,
    Place,
    Progress,
    Source,
    Start,
    TrackedModel,
)
from .session import Connection, connect, translated
from .slots import Slots
from .source import check_source, read_source
from .statements import statement


@dataclass(frozen=True, kw_only=True)
class OutboxLimits:
    """How much a page may hold, and when slots are changed.

    Attributes:
        page_rows: rows in a page.
        page_bytes: images in a page with 500 bytes for each event; one row is always taken.
        lease_s: a leader that is silent for so long has lost the lead.
        slot_bytes: a slot that has grown so large gets no further rows.
        slot_age_s: nor does one that was filled for so long.
    """

    page_rows: int = 5_000
    page_bytes: int = 6_000_000
    lease_s: float = 5.0
    slot_bytes: int = 64 * 1024 * 1024
    slot_age_s: float = 30.0


class PostgresOutbox:
    """The Outbox of an application's database.

    Each page belongs to a window between two snapshots: the rows of the transactions that one does
    not see and the other does. A transaction that commits late is in a later window; whoever
    changed a row second was waiting for the first to commit, and is in no earlier one.
    """

    def __init__(
        self, url: str, *, schema: str, holder: str, limits: OutboxLimits | None = None
    ) -> None:
        self._url = url
        self._schema = schema
        self._holder = holder
        self._limits = limits or OutboxLimits()
        self._session: Connection | None = None
        self._revision = -1
        self._marks = Marks()
        self._last_number = 0
        self._ahead = ReadAhead(self._read)
        self._slots = Slots(self._limits.slot_bytes, self._limits.slot_age_s)

    def lead(self) -> Start | None:
        """Become the one relay; see Outbox.lead."""
        self._ahead.drop()
        with translated(self._session):
            if self._session is None or self._session.closed:
                self._session = connect(
                    self._url, schema=self._schema, lease_s=self._limits.lease_s
                )
        with translated(self._session):
            if not self._one(statement("try_lead"))[0]:
                return None
            check_source(self._session)
            return self._take_over()

    def _take_over(self) -> Start:
        self._marks = Marks()
        self._last_number = 0  # a crash of the server may have taken numbers back
        self._slots = Slots(self._limits.slot_bytes, self._limits.slot_age_s)
        self._revision, snapshot, window, last_seq, number, events, digest, opened_at = self._one(
            statement("take_over"), [self._holder]
        )
        lines = self._connection.execute(statement("unannounced")).fetchall()
        return Start(
            place=Place(snapshot, window, last_seq),
            ledger=Ledger(
                number=number, events=events, digest=int(digest, 16), opened_at=opened_at
            ),
            unannounced=tuple(line_of(line) for line in lines),
        )

    def source(self) -> Source:
        """Return under which name this database publishes."""
        with translated(self._session):
            bound = read_source(self._connection.cursor())
        assert bound is not None, "checked by lead()"
        return Source(name=bound.name, believed_roles=frozenset(bound.believed_roles))

    def models(self) -> Mapping[str, TrackedModel]:
        """Return the tracked models by label."""
        with translated(self._session):
            found = self._connection.execute(statement("models")).fetchall()
        return {row[0]: model_of(*row) for row in found}

    def read(self, place: Place) -> Page:
        """Return what follows a place; see Outbox.read."""
        page = self._ahead.take(place)
        if page is None:
            page = self._read(place)
        if page.rows and page.after.window is not None:
            self._ahead.start(page.after)
        return page

    def _read(self, place: Place) -> Page:
        with translated(self._session):
            if place.window is not None:
                page = self._page(place, place.last_seq)
                if page.rows:
                    return page
                place = page.after
            horizon, self._last_number = self._one(statement("horizon"))
            after = self._marks.below(place.snapshot, horizon)
            return self._page(Place(place.snapshot, horizon), after)

    def _page(self, before: Place, after_seq: int) -> Page:
        assert before.window is not None
        while True:
            rows, depths, is_last = self._rows(before, after_seq)
            split = None if is_last else may_go_on(rows, depths)
            if split != 0:
                break
            numbers = {"first": rows[0].seq, "xid": str(rows[0].xid)}
            self._connection.execute(statement("put_in_order"), numbers)
        if is_last:
            after = Place(before.window)
        else:
            rows = rows[:split]
            after = Place(before.snapshot, before.window, rows[-1].seq)
        # Asked for after the rows: what was classified since they were written holds for them too.
        catalogue = self._one(statement("catalogue"))[0] if rows else ""
        return Page(of_transactions(rows, self._earlier), before, after, catalogue)

    def _rows(self, before: Place, after_seq: int) -> tuple[list[OutboxRow], list[int], bool]:
        """Return a page's rows, how deep each is, and whether the window has no more."""
        wanted = {
            "after": after_seq,
            "snapshot": before.snapshot,
            "window": before.window,
            "rows": self._limits.page_rows,
            "budget": self._limits.page_bytes,
        }
        cursor = self._connection.cursor(binary=True)
        found = cursor.execute(statement("read_page"), wanted).fetchall()
        is_last = len(found) < self._limits.page_rows and (
            not found or found[-1][16] < self._limits.page_bytes
        )
        return [OutboxRow(*row[:15]) for row in found], [row[15] for row in found], is_last

    def _earlier(self, xids: Sequence[int], before: int) -> dict[int, str | None]:
        wanted = {"xids": [str(xid) for xid in xids], "before": before}
        cursor = self._connection.cursor(binary=True)
        return dict(cursor.execute(statement("earlier_contexts"), wanted).fetchall())

    def store(self, progress: Progress) -> None:
        """Make the progress durable; see Outbox.store."""
        if not (progress.closed or progress.announced or progress.set_aside):
            with translated(self._session):  # one statement is a transaction of its own
                self._store_place(progress.place, progress.ledger)
        else:
            self._store_all(progress)
        self._revision += 1

    def _store_all(self, progress: Progress) -> None:
        with translated(self._session), self._connection.transaction():
            self._store_place(progress.place, progress.ledger)
            for line in progress.closed:
                values = (line.number, line.events, line.digest, line.opened_at, line.closed_at)
                self._connection.execute(statement("store_window"), values)
            if progress.announced:
                self._connection.execute(statement("store_announced"), [list(progress.announced)])
            for row, reason in progress.set_aside:
                kept = {"reason": reason, "seq": row.seq, "xid": str(row.xid)}
                self._connection.execute(statement("store_set_aside"), kept)

    def _store_place(self, place: Place, ledger: Ledger) -> None:
        values = {
            "snapshot": place.snapshot,
            "window": place.window,
            "last_seq": place.last_seq,
            "number": ledger.number,
            "events": ledger.events,
            "digest": digest_text(ledger.digest),
            "opened_at": ledger.opened_at,
            "revision": self._revision,
        }
        number = self._last_number  # reading ahead may find a later one while we store
        stored = self._connection.execute(statement("store_place"), values).fetchone()
        if stored is None:
            raise LeadershipLost(self._holder)
        self._marks.note(int(stored[0]), number)

    def heartbeat(self) -> None:
        """Keep the lead; raise LeadershipLost when it is gone."""
        with translated(self._session):
            if self._connection.execute(statement("heartbeat"), [self._revision]).rowcount != 1:
                raise LeadershipLost(self._holder)

    def maintain(self) -> None:
        """Change slots, and empty the one that is drained."""
        with translated(self._session):
            self._slots.maintain(self._connection)

    def waiting(self) -> Waiting:
        """Return what waits to be published."""
        with translated(self._session):
            return waiting(self._connection, self._schema)

    def close(self) -> None:
        """Give up the lead and let go of the database; never raises."""
        self._ahead.close()
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.execute(statement("unlock"))
            self._session.close()
            self._session = None

    @property
    def _connection(self) -> Connection:
        assert self._session is not None, "lead() comes first"
        return self._session

    def _one(self, query: Any, values: Any = None) -> tuple[Any, ...]:
        row = self._connection.execute(query, values).fetchone()
        if row is None:
            raise psycopg.DataError("the relay's row is missing: run manage.py backstory_install")
        return row
