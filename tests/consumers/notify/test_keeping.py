"""Deliveries and offsets: written together, once, whatever comes again."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from consumers import (
    DeliveryKeeping,
    HistoryPast,
    HistorySink,
    Judge,
    MemoryPast,
    Message,
    Past,
    RuleBook,
    Rules,
    Templates,
    slack,
)
from schemas import Event, PageViewed
from tests.consumers.observing import rows
from tests.consumers.sink_contract import SinkContract, a_batch
from tests.factories import a_context, an_event

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

rules = Rules()


@rules.on("model.updated")
def moved(event: Event, past: Past) -> Message:
    """Tell that it moved."""
    return Message(to=[slack("#ops")], title="moved")


@rules.on("page.viewed")
def broken(event: Event, past: Past) -> None:
    """Fail on every page."""
    raise ValueError("no\x00good")


@pytest.fixture
def sink(history: str) -> Iterator[HistorySink]:
    """A sink that keeps what the rules say."""
    judge = Judge(RuleBook(rules.all), Templates(), MemoryPast(), now=lambda: NOON)
    sink = HistorySink(history, name="deliveries", keep=DeliveryKeeping(judge))
    yield sink
    sink.close()


def told(url: str) -> list[tuple[object, ...]]:
    """What would be sent."""
    return rows(url, "SELECT event_id, rule, target, state FROM notify.deliveries ORDER BY 1")


class TestOffsets(SinkContract):
    """The offsets behave as the history's do; events that were judged before count as new ones."""

    test_event_kept_before_is_not_kept_twice = None
    test_event_twice_in_one_batch_is_kept_once = None


def test_a_delivery_is_written_once(sink: HistorySink, history: str):
    """The relay may publish an event again; nobody hears of it twice."""
    event = an_event()

    sink.write(a_batch([event, event]))
    sink.write(a_batch([event], first=2, expected=2))

    assert told(history) == [(event.id, "moved", "#ops", "waiting")]


def test_a_refused_delivery_waits_again_when_its_event_comes_back(sink: HistorySink, history: str):
    """So a retry of the dead letter sends it, by the way every event takes."""
    event = an_event()
    sink.write(a_batch([event]))
    rows(history, "UPDATE notify.deliveries SET state = 'refused'")

    sink.write(a_batch([event], first=1, expected=1))

    assert told(history) == [(event.id, "moved", "#ops", "waiting")]


@pytest.mark.parametrize("state", ["sent", "uncertain", "expired", "digested", "sending"])
def test_any_other_state_stays(sink: HistorySink, history: str, state: str):
    """What was sent, or may have been, is not sent by reading its event again."""
    event = an_event()
    sink.write(a_batch([event]))
    rows(history, "UPDATE notify.deliveries SET state = %s", state)

    sink.write(a_batch([event], first=1, expected=1))

    assert told(history) == [(event.id, "moved", "#ops", state)]


def test_an_event_a_rule_fails_on_is_a_dead_letter(sink: HistorySink, history: str):
    """With the rule's name; the rest of the batch is told."""
    good, bad = an_event(), an_event(PageViewed(path="/", duration_ms=1.0))

    written = sink.write(a_batch([bad, good]))

    assert [letter.record.offset for letter in written.dead] == [0]
    assert [row[0] for row in told(history)] == [good.id]
    (reason,) = rows(history, "SELECT reason FROM history.dead_letters")[0]
    assert "rule 'broken' failed with ValueError" in str(reason)


class PastContract:
    """Subclasses give ``past_of``, which holds the events."""

    def test_filters_narrow_and_the_newest_come_first(self, past_of):
        """All that is given must fit."""
        first, second = an_event(), an_event()
        other = an_event(subject="captable.Company/3", context=a_context(entity="", actor=None))
        page = an_event(PageViewed(path="/", duration_ms=1.0))
        past = past_of([first, second, other, page])

        found = past.events(type="model.updated", subject="captable.Certificate/7")
        assert [event.id for event in found] == [second.id, first.id]
        assert past.events(limit=1)[0].id == page.id
        assert past.count() == 4
        assert past.count(entity="captable.Company/3", actor="42") == 3
        assert past.count(since=second.time) == 3
        assert past.count(type="access.denied") == 0


class TestMemoryPast(PastContract):
    """In memory, for the tests of applications."""

    @pytest.fixture
    def past_of(self):
        return MemoryPast


class TestHistoryPast(PastContract):
    """The real one, which can write nothing."""

    @pytest.fixture
    def past_of(self, history: str):
        sink, past = HistorySink(history), HistoryPast(history)

        def holding(events: list[Event]) -> HistoryPast:
            sink.write(a_batch(events))
            return past

        yield holding
        sink.close()
        past.close()
