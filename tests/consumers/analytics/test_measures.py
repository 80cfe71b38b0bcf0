"""Counting in memory and computing from the history: two ways to the same numbers."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers import HistorySink
from consumers.analytics import Funnel, Window, Windows, facts_of, reconcile, touch
from consumers.analytics.store import WindowStore
from schemas import ActionFailed, ActionPerformed, Actor, Event, PageViewed, RelayWindow
from tests.consumers.observing import rows
from tests.consumers.sink_contract import a_batch
from tests.factories import a_context, an_event

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FUNNELS = (Funnel("issue", ("draft.make", "draft.sign", "certificate.issue")),)
LATENESS_S = 60


def some_events(number: int, *, seed: int = 7, minutes: int = 12) -> list[Event]:
    """Traffic of some people at some companies, in no particular order."""
    chance = random.Random(seed)
    actions = [*FUNNELS[0].actions, "other.thing"]
    events = []
    for index in range(number):
        moment = BEGIN + timedelta(microseconds=chance.randrange(minutes * 60_000_000))
        payload = chance.choice(
            [
                PageViewed(
                    path="/",
                    duration_ms=chance.choice([1.5, 20.0, 20.25, chance.random() * 900]),
                    route=chance.choice(["", "/companies/<id>", "/login"]),
                ),
                ActionPerformed(action=chance.choice(actions)),
                ActionFailed(action=chance.choice(actions), error="ValueError"),
                None,
            ]
        )
        person = chance.choice(["", "1", "2", "3"])
        context = a_context(
            actor=Actor(id=person) if person else None,
            entity=chance.choice(["", "captable.Company/1", "captable.Company/2"]),
        )
        events.append(an_event(payload, time=moment, context=context, id=id_at(moment, index)))
    return events


def nearly_in_order(events: list[Event]) -> list[Event]:
    """As a topic has them: transactions commit up to half a minute late."""
    chance = random.Random(1)
    return sorted(events, key=lambda e: e.time.timestamp() + chance.random() * LATENESS_S / 2)


def id_at(moment: datetime, number: int) -> UUID:
    """An id whose time is the event's, as the relay makes them."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number)


@pytest.fixture
def connection(history: str) -> Iterator[psycopg.Connection[Any]]:
    """The history database, as the worker uses it."""
    with psycopg.connect(history, autocommit=True) as connection:
        yield connection


def keep(history: str, events: list[Event]) -> None:
    """Let the history have them."""
    sink = HistorySink(history)
    before = sink.positions("history", "events").get(0)
    first = before.next_offset if before else 0
    sink.write(a_batch(events, first=first, expected=before.next_offset if before else None))
    sink.close()


def numbers(history: str) -> dict[tuple[Any, ...], float]:
    """All values."""
    found = rows(history, "SELECT start_at, length_s, metric, key, value FROM analytics.values")
    return {row[:4]: row[4] for row in found}


def counted(connection: psycopg.Connection[Any], *parts: list[Event]) -> Windows:
    """A worker that counts the parts and writes after each."""
    windows = Windows(FUNNELS)
    store = WindowStore(connection, "events", lateness_s=LATENESS_S)
    store.begin()
    offset = 0
    for part in parts:
        for event in part:
            windows.add(facts_of(event))
        offset += len(part)
        store.flush(windows, {0: offset})
    return windows


def test_memory_and_sql_agree_on_every_number(history, connection):
    """The promise: the same events make the same numbers, whichever way they are counted."""
    events = nearly_in_order(some_events(2000))
    keep(history, events)

    counted(connection, events[:700], events[700:])
    in_memory = numbers(history)
    rows(
        history,
        "INSERT INTO analytics.windows SELECT DISTINCT start_at, length_s, 'touched'"
        " FROM analytics.values ON CONFLICT (start_at, length_s) DO UPDATE SET state = 'touched'",
    )
    reconcile(connection, funnels=FUNNELS, lateness_s=LATENESS_S)

    from_history = numbers(history)
    assert in_memory == from_history
    assert {metric for _, _, metric, _ in from_history} == {
        "page_views",
        "changes",
        "actions.performed",
        "actions.failed",
        "active_people",
        "page_ms.p50",
        "page_ms.p95",
        "funnel.issue",
    }


def test_windows_that_no_worker_ever_saw_are_computed(history, connection):
    """Analytics are switched on later than the history; its past has numbers all the same."""
    events = nearly_in_order(some_events(500))
    keep(history, events)
    counted(connection, events)
    as_if_always_on = numbers(history)
    rows(history, "TRUNCATE analytics.values, analytics.windows, analytics.progress")
    day = timedelta(days=1)

    touched = touch(connection, BEGIN - day, BEGIN + day, funnels=FUNNELS)
    reconcile(connection, funnels=FUNNELS, lateness_s=LATENESS_S)

    assert numbers(history) == as_if_always_on
    assert touched == len({window[:2] for window in as_if_always_on}) == 12 + 16 + 1
    left = rows(history, "SELECT count(*), min(start_at) FROM analytics.windows")
    assert left[0][0] > 0, "the last ones may still change"
    assert left[0][1] >= BEGIN, "among them the day"
    rows(history, "TRUNCATE analytics.values, analytics.windows")
    minute = timedelta(minutes=1)
    assert touch(connection, BEGIN + 3 * minute, BEGIN + 5 * minute, funnels=FUNNELS) == 4


def test_repeated_events_are_counted_once(history, connection):
    """The relay publishes again what it could not be sure of."""
    events = some_events(50)

    counted(connection, events + events)
    twice = numbers(history)
    rows(history, "DELETE FROM analytics.values; DELETE FROM analytics.windows")
    counted(connection, events)

    assert twice == numbers(history)


def test_a_window_that_another_worker_began_is_left_to_the_history(history, connection):
    """After a kill the new worker has seen only half of it: half a number is never written."""
    events = sorted(some_events(200, minutes=1), key=lambda event: event.time)
    keep(history, events)
    counted(connection, events[:100])
    counted(connection, events[100:])

    reconcile(connection, funnels=FUNNELS, lateness_s=LATENESS_S)

    halves = numbers(history)
    rows(history, "DELETE FROM analytics.values; DELETE FROM analytics.windows")
    counted(connection, events)
    assert halves == numbers(history)


def test_a_latecomer_sends_its_windows_to_the_history(history, connection):
    """They were final; they are computed once more, and final again."""
    events = sorted(some_events(400), key=lambda event: event.time)
    late, rest = events[0], events[1:]
    keep(history, [*rest, late])
    counted(connection, rest, [late])

    touched = rows(history, "SELECT length_s FROM analytics.windows WHERE state = 'touched'")
    assert len(touched) == 6  # one minute and five windows of five minutes
    assert reconcile(connection, funnels=FUNNELS, lateness_s=LATENESS_S) == (6, 6)

    with_late = numbers(history)
    rows(history, "DELETE FROM analytics.values; DELETE FROM analytics.windows")
    counted(connection, events)
    assert with_late == numbers(history)


def test_nothing_is_final_before_the_history_has_it(history, connection):
    """The persister may be behind; then the window is computed again, until it is not."""
    events = sorted(some_events(400), key=lambda event: event.time)
    counted(connection, events[:200])
    rows(history, "UPDATE analytics.windows SET state = 'touched'")
    counted(connection, events[200:])

    _, final = reconcile(connection, funnels=FUNNELS, lateness_s=LATENESS_S)
    assert final == 0
    keep(history, events)
    windows, final = reconcile(connection, funnels=FUNNELS, lateness_s=LATENESS_S)
    assert 0 < final <= windows


def test_an_event_dated_ahead_closes_nothing(history, connection):
    """One wrong clock does not send all the others to the history."""
    windows = Windows(clock=lambda: BEGIN.timestamp() + 30)
    for moment in (BEGIN, BEGIN + timedelta(days=9000), BEGIN + timedelta(seconds=1)):
        windows.add(facts_of(an_event(time=moment)))

    assert not windows.is_over(Window(int(BEGIN.timestamp()), 60), LATENESS_S)


def test_what_concerns_no_measure_opens_a_window_and_says_nothing(history, connection):
    """The ledger's own events are no page and no change."""
    event = an_event(
        RelayWindow(number=1, events=1, digest="00", opened_at=BEGIN, closed_at=BEGIN),
        subject=None,
        context=a_context(actor=None, entity=""),
        time=BEGIN,
    )
    counted(connection, [event])

    assert numbers(history) == {}
