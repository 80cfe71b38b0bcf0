"""What every Outbox promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from producer import LeadershipLost, Outbox, Place, Progress, Start
from producer.rows import Ledger, LedgerLine


class OutboxContract(ABC):
    """Subclass it with a way to write rows and to make outboxes over them."""

    @abstractmethod
    def outbox(self, page_rows: int = 100) -> Outbox:
        """Return another outbox over the same rows."""

    @abstractmethod
    def write(self, *names: str) -> None:
        """Commit recorded events with these names, each with a higher number than the last."""

    @abstractmethod
    def write_late(self, name: str) -> None:
        """Make a row visible whose number is lower than those of all rows before."""

    def test_rows_come_in_the_order_of_their_numbers(self) -> None:
        """Also one that became visible last."""
        self.write_late_first()
        outbox = self.outbox()
        page = outbox.read(led(outbox).place)
        assert [row.name for row in page.rows] == ["a.late", "a.one", "a.two"]

    def write_late_first(self) -> None:
        """Commit two rows, then one with a lower number."""
        self.write("a.one", "a.two")
        self.write_late("a.late")

    def test_same_place_gives_the_same_rows_whatever_came_meanwhile(self) -> None:
        """A restart resumes a window with identical contents."""
        self.write("a.one", "a.two")
        outbox = self.outbox()
        page = outbox.read(led(outbox).place)
        outbox.store(Progress(place=page.before, ledger=Ledger()))
        self.write("a.three")
        outbox.close()

        again = self.outbox()
        assert again.read(led(again).place).rows == page.rows

    def test_pages_of_a_window_follow_each_other(self) -> None:
        """Each row once, and what came meanwhile in the next window, a lower number too."""
        self.write("a.one", "a.two", "a.three")
        outbox = self.outbox(page_rows=2)
        first = outbox.read(led(outbox).place)
        self.write_late("a.late")
        second = outbox.read(first.after)
        third = outbox.read(second.after)

        names = [[row.name for row in page.rows] for page in (first, second, third)]
        assert names == [["a.one", "a.two"], ["a.three"], ["a.late"]]
        assert outbox.read(third.after).rows == []

    def test_progress_is_what_the_next_leader_starts_from(self) -> None:
        """All of it: place, ledger, what was closed and not told of."""
        self.write("a.one")
        outbox = self.outbox()
        page = outbox.read(led(outbox).place)
        now = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
        line = LedgerLine(number=1, events=1, digest="0" * 32, opened_at=now, closed_at=now)
        ledger = Ledger(number=2, events=3, digest=2**127, opened_at=now)
        outbox.store(Progress(place=page.after, ledger=ledger, closed=(line,)))
        outbox.close()

        another = self.outbox()
        assert led(another) == Start(place=page.after, ledger=ledger, unannounced=(line,))
        another.store(Progress(place=page.after, ledger=ledger, announced=(1,)))
        another.close()
        last = self.outbox()
        assert led(last).unannounced == ()

    def test_one_leads(self) -> None:
        """A second one stands by until the first gives up."""
        first, second = self.outbox(), self.outbox()
        led(first)
        assert second.lead() is None
        first.close()
        led(second)

    def test_rows_set_aside_are_stored_once(self) -> None:
        """Though a restart sets them aside again."""
        self.write("a.one")
        outbox = self.outbox()
        start = led(outbox)
        page = outbox.read(start.place)
        progress = Progress(
            place=page.before, ledger=start.ledger, set_aside=((page.rows[0], "a reason"),)
        )
        outbox.store(progress)
        outbox.store(replace(progress, place=page.before))
        assert self.set_aside() == [("a.one", "a reason")]

    @abstractmethod
    def set_aside(self) -> list[tuple[str, str]]:
        """Return the names and reasons of rows set aside."""

    @abstractmethod
    def depose(self, outbox: Outbox) -> None:
        """Let another relay take over though this one still believes it leads."""

    def test_deposed_leader_stores_nothing(self) -> None:
        """It woke up too late."""
        outbox = self.outbox()
        start = led(outbox)
        self.depose(outbox)
        with pytest.raises(LeadershipLost):
            outbox.store(Progress(place=Place(start.place.snapshot), ledger=Ledger(number=9)))
        with pytest.raises(LeadershipLost):
            outbox.heartbeat()


def led(outbox: Outbox) -> Start:
    """Return where an outbox starts that leads."""
    start = outbox.lead()
    assert start is not None
    return start
