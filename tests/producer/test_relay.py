"""The relay's loop, on the ports in memory: order, ledger, standby, failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from operator import xor
from threading import Event as Flag

import pytest
from msgspec import UNSET

from producer import (
    MemoryOutbox,
    MemoryPublisher,
    OutboxTable,
    Record,
    Relay,
    RelayMetrics,
    Source,
    Start,
)
from producer.ledger import LedgerBook
from producer.rows import Ledger, Place
from producer.turn import Turn
from schemas import Event, RelayWindow, decode
from tests.producer.rows_making import a_row


def a_table(count: int) -> OutboxTable:
    """Return a table with so many recorded events."""
    table = OutboxTable(source=Source(name="cap"))
    table.rows.extend(recorded(number) for number in range(1, count + 1))
    return table


def recorded(number: int):  # type: ignore[no-untyped-def]
    """Return a recorded event."""
    return a_row("event", seq=number, name="a.happened", subject=f"a.B/{number % 3}", new=b"{}")


def events(publisher: MemoryPublisher, prefix: str = "a.") -> list[Event]:
    """Return what has landed."""
    found = [decode(record.value) for record in publisher.records]
    return [event for event in found if event.type.startswith(prefix)]


def sequences(publisher: MemoryPublisher) -> list[str]:
    """Return the places of what has landed, each once, in the order it first landed."""
    return list(dict.fromkeys(event.sequence for event in events(publisher)))


def of_table(publisher: MemoryPublisher) -> list[Record]:
    """Return the records of what happened, as they have landed."""
    return [record for record in publisher.records if decode(record.value).type.startswith("a.")]


def digest_of(record: Record) -> int:
    """Return what a record adds to the digest of its window."""
    return int(sha256(record.value).hexdigest() + decode(record.value).id.hex, 16)


class Clock:
    """A time that goes on when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


class TickingClock(Clock):
    """Half a second passes whenever somebody looks."""

    def __call__(self) -> datetime:
        self.pass_s(0.5)
        return self.time


def a_turn(outbox: MemoryOutbox, publisher: MemoryPublisher, clock: Clock) -> Turn:
    """Return a leader's turn."""
    start = outbox.lead()
    assert isinstance(start, Start)
    return Turn(outbox, publisher, start, stop=Flag(), grace_s=0, now=clock, metrics=RelayMetrics())


def test_drain_publishes_everything_in_order() -> None:
    """And gives up the lead."""
    table, publisher = a_table(250), MemoryPublisher()
    Relay(MemoryOutbox(table), publisher).drain()
    assert len(events(publisher)) == 250
    assert sequences(publisher) == sorted(sequences(publisher))
    assert table.leader is None
    Relay(MemoryOutbox(table), publisher).drain()
    assert len(events(publisher)) == 250


@pytest.mark.parametrize("position", [0, 5, 9])
def test_batch_that_failed_is_sent_again_before_any_other(position: int) -> None:
    """What stood behind the failure landed already; the order of first arrivals is right."""
    table, publisher = a_table(30), MemoryPublisher(failures=[position])
    Relay(MemoryOutbox(table, page_rows=10), publisher).drain()
    assert len(sequences(publisher)) == 30
    landed = events(publisher)
    assert [event.sequence for event in landed[-30:]] == sorted(sequences(publisher))


def test_windows_of_the_ledger_hold_every_event_once() -> None:
    """Numbers without gaps, counts and digests of what was acknowledged."""
    table, publisher, clock = a_table(45), MemoryPublisher(), Clock()
    turn = a_turn(MemoryOutbox(table, page_rows=10), publisher, clock)
    while turn.step():
        clock.pass_s(0.7)
    turn.finish()
    turn.close_window()

    payloads = [event.payload() for event in events(publisher, "relay.")]
    windows = [payload for payload in payloads if isinstance(payload, RelayWindow)]
    assert [window.number for window in windows] == list(range(1, len(windows) + 1))
    assert len(windows) > 1
    assert sum(window.events for window in windows) == 45
    digest = reduce(xor, (digest_of(record) for record in of_table(publisher)))
    assert reduce(xor, (int(window.digest, 16) for window in windows)) == digest
    assert {line.digest for line in table.windows.values()} == {w.digest for w in windows}
    assert table.announced == set(table.windows)


def test_window_that_was_stored_but_not_told_is_told_by_the_next_leader() -> None:
    """With the same content, so under the same id."""
    table, clock = a_table(5), Clock()
    first, second = MemoryPublisher(), MemoryPublisher()
    outbox = MemoryOutbox(table)
    turn = a_turn(outbox, first, clock)
    turn.step()
    clock.pass_s(2)
    turn.step()  # closes, tells, and dies before it stores that it told
    outbox.close()
    Relay(MemoryOutbox(table), second, now=clock).drain()

    [told], [again] = events(first, "relay."), events(second, "relay.")
    assert told == again


def test_event_carries_the_window_that_counts_it_however_often_it_is_published() -> None:
    """Leaders die between publishing and storing, deliveries fail, time passes meanwhile."""
    table, clock, publisher = a_table(200), TickingClock(), MemoryPublisher()
    for steps in (1, 3, 2, 4, 1):
        outbox = MemoryOutbox(table, page_rows=10)
        publisher.failures = [5]
        turn = a_turn(outbox, publisher, clock)
        for _ in range(steps):
            turn.step()
        outbox.close()  # what the last step published is not stored
    Relay(MemoryOutbox(table, page_rows=10), publisher, now=clock).drain()

    carried = {(digest_of(record), decode(record.value).window) for record in of_table(publisher)}
    assert len(events(publisher)) > len(carried) == 200
    for line in table.windows.values():
        digests = [digest for digest, window in carried if window == line.number]
        assert (len(digests), f"{reduce(xor, digests):096x}") == (line.events, line.digest)
    assert sum(line.events for line in table.windows.values()) == 200
    assert len(table.windows) > 1
    assert {event.window for event in events(publisher, "relay.")} == {UNSET}


def test_window_that_an_older_relay_began_counts_ids_only() -> None:
    """Half of its values would be a digest of nothing."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    begun = Ledger(number=7, events=2, digest=5, opened_at=now)
    book = LedgerBook(Start(place=Place("1:1:"), ledger=begun))
    book.add(1, 9 << 128 | 6, now)

    ledger, (line,), _ = book.closing(now, early=True)

    assert (line.events, line.digest) == (3, f"{3:032x}")
    book.stored(ledger, (line,))
    book.add(1, 9 << 128 | 6, now)
    assert book.closing(now, early=True)[1][0].digest == f"{9 << 128 | 6:096x}"


def test_idle_leader_still_closes_its_window() -> None:
    """About a second after the last event."""
    table, publisher, clock = a_table(5), MemoryPublisher(), Clock()
    turn = a_turn(MemoryOutbox(table), publisher, clock)
    turn.step()
    assert turn.step() == 0
    clock.pass_s(1)
    assert turn.step() == 1
    assert len(events(publisher, "relay.")) == 1


def test_stopped_relay_leaves_what_is_not_acknowledged() -> None:
    """For the next one."""
    table, publisher, stop = a_table(5), MemoryPublisher(), Flag()
    stop.set()
    Relay(MemoryOutbox(table), publisher, stop=stop).run()
    assert publisher.records == []


def test_new_names_are_picked_up_without_a_restart() -> None:
    """The catalogue is looked at with every page."""
    table, publisher, clock = a_table(1), MemoryPublisher(), Clock()
    turn = a_turn(MemoryOutbox(table), publisher, clock)
    turn.step()
    table.source = Source(name="renamed")
    table.rows.append(recorded(2))
    turn.step()
    turn.step()
    assert [event.source for event in events(publisher)] == ["cap", "renamed"]
