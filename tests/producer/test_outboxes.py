"""The outbox in memory and the one in PostgreSQL keep the same promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from producer import MemoryOutbox, Outbox, OutboxLimits, OutboxRow, OutboxTable, PostgresOutbox
from tests.producer.conftest import Connection
from tests.producer.outbox_contract import OutboxContract, led


class TestMemoryOutbox(OutboxContract):
    """Rows are a list."""

    @pytest.fixture(autouse=True)
    def _table(self) -> None:
        self.table = OutboxTable()
        self.seq = 100
        self.low = 50

    def outbox(self, page_rows: int = 100) -> Outbox:
        return MemoryOutbox(self.table, page_rows=page_rows)

    def write(self, *names: str) -> None:
        for name in names:
            self.seq += 1
            self.table.rows.append(a_row(self.seq, name))

    def write_late(self, name: str) -> None:
        self.low -= 1
        self.table.rows.append(a_row(self.low, name))

    def set_aside(self) -> list[tuple[str, str]]:
        return [(row.name, reason) for row, reason in self.table.set_aside]

    def depose(self, outbox: Outbox) -> None:
        self.table.leader = MemoryOutbox(self.table)


class TestPostgresOutbox(OutboxContract):
    """Rows are written by sessions; a late one by a transaction that began before the others."""

    @pytest.fixture(autouse=True)
    def _sessions(
        self, app_url: str, app: Connection, connect: Callable[[], Connection]
    ) -> Iterator[None]:
        self.url = app_url
        self.app = app
        self.late = connect()
        self.late.execute("BEGIN")
        self.late.execute(
            "INSERT INTO backstory_outbox (kind, name, new) VALUES ('event', 'a.late', '{}')"
        )
        self.outboxes: list[Outbox] = []
        yield
        for outbox in self.outboxes:
            outbox.close()

    def outbox(self, page_rows: int = 100) -> Outbox:
        limits = OutboxLimits(page_rows=page_rows)
        outbox = PostgresOutbox(self.url, schema="public", holder="test", limits=limits)
        self.outboxes.append(outbox)
        return outbox

    def write(self, *names: str) -> None:
        for name in names:
            self.app.execute(
                "INSERT INTO backstory_outbox (kind, name, new) VALUES ('event', %s, '{}')", [name]
            )

    def write_late(self, name: str) -> None:
        self.late.execute("COMMIT")

    def set_aside(self) -> list[tuple[str, str]]:
        return self.app.execute("SELECT name, reason FROM backstory_set_aside").fetchall()

    def depose(self, outbox: Outbox) -> None:
        self.app.execute("UPDATE backstory_relay SET revision = revision + 1")

    def test_page_is_bounded_by_bytes_and_takes_one_row_at_least(self) -> None:
        """A row of any size goes through, alone."""
        for size in (10, 900_000, 900_000, 10):
            self.app.execute(
                "INSERT INTO backstory_outbox (kind, name, new)"
                " VALUES ('event', 'a.big', json_build_object('x', repeat('x', %s)))",
                [size],
            )
        limits = OutboxLimits(page_bytes=100_000)
        outbox = PostgresOutbox(self.url, schema="public", holder="test", limits=limits)
        self.outboxes.append(outbox)
        place, counts = led(outbox).place, []
        while page := outbox.read(place):
            if not page.rows:
                break
            counts.append(len(page.rows))
            place = page.after
        assert counts == [2, 1, 1]


def a_row(seq: int, name: str) -> OutboxRow:
    """Return a recorded event."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return OutboxRow(seq, seq, at, "event", name, 1, None, None, "app", "", None, None, b"{}", 0, 0)
