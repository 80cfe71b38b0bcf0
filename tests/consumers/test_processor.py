"""The loop, on memory: what is settled, what comes again, what stops."""

import threading
from collections.abc import Callable, Mapping

import pytest

from consumers import (
    Consumer,
    ConsumerMetrics,
    Health,
    MemoryDeadLetterTopic,
    MemorySink,
    MemorySource,
    OffsetConflict,
    Position,
    Processor,
    Record,
    SinkRefused,
    SinkUnavailable,
    SourceUnavailable,
    TopicRecreated,
    every_event,
)
from schemas import Event, PageViewed, encode
from tests.factories import an_event


def a_consumer(sink: MemorySink, accepts: Callable[[Event], bool] = every_event) -> Consumer:
    return Consumer(name="history", sink=sink, accepts=accepts)


def test_batch_refused_once_is_written_by_the_next_call():
    """A sink that is down for one call delays events and loses none."""
    event = an_event()
    source = MemorySource([event])
    sink = MemorySink(failures=[SinkUnavailable("memory")])
    processor = Processor(a_consumer(sink), source)

    with pytest.raises(SinkUnavailable):
        processor.run_once()
    assert source.committed == {}

    assert processor.run_once() == 1
    assert sink.events == [event]
    assert source.committed == {0: 1}


def test_drain_ends_when_everything_is_kept():
    """``--once`` ends by itself, and after transient failures too."""
    events = [an_event() for _ in range(5)]
    source = MemorySource(events)
    sink = MemorySink(failures=[SinkUnavailable("memory"), OffsetConflict("a", "b", [0])])

    Processor(a_consumer(sink), source, limit=2).drain(threading.Event())

    assert sink.events == events


def test_drain_of_an_empty_topic_ends():
    """Nothing to do is done."""
    Processor(a_consumer(MemorySink()), MemorySource()).drain(threading.Event())


def test_second_drain_reads_only_what_is_new():
    """The sink knows where we are; nobody else has to."""
    source, sink = MemorySource([an_event()]), MemorySink()
    Processor(a_consumer(sink), source).drain(threading.Event())
    source.rewind()
    event = an_event()
    source.add(encode(event))

    assert Processor(a_consumer(sink), source).run_once() == 1
    assert sink.events[1:] == [event]


def test_refusal_that_only_a_person_can_mend_stops_the_loop():
    """Retrying for ever would hide it."""
    sink = MemorySink(failures=[SinkRefused("memory", "no schema", "migrate")])

    with pytest.raises(SinkRefused):
        Processor(a_consumer(sink), MemorySource([an_event()])).run(threading.Event())


def test_stop_ends_a_pause():
    """SIGTERM is heard while the sink is down."""
    stop = threading.Event()
    sink = MemorySink(failures=[SinkUnavailable("memory")] * 10_000)
    processor = Processor(a_consumer(sink), MemorySource([an_event()]))
    thread = threading.Thread(target=processor.run, args=(stop,))
    thread.start()

    stop.set()
    thread.join(5)

    assert not thread.is_alive()
    assert sink.events == []


def test_events_that_are_not_accepted_move_the_offset_only():
    """A consumer of some types does not read the others again."""
    wanted = an_event(PageViewed(path="/", status=200, duration_ms=1.0))
    source = MemorySource([an_event(), wanted, an_event()])
    sink = MemorySink()

    Processor(a_consumer(sink, lambda event: event.type == "page.viewed"), source).run_once()

    assert sink.events == [wanted]
    assert sink.positions("history", "memory") == {0: Position(3, "memory-1")}


@pytest.mark.parametrize("value", [None, b"nonsense", b"{}", b"[1]", b"\xff", b'{"id":'])
def test_record_that_is_no_event_becomes_a_dead_letter(value: bytes | None):
    """It neither stops what follows nor disappears."""
    source, sink, dead = MemorySource([an_event()]), MemorySink(), MemoryDeadLetterTopic()
    record = source.add(value)
    source.add(encode(an_event()))

    Processor(a_consumer(sink), source, dead_letters=dead).run_once()

    assert len(sink.events) == 2
    assert [letter.record for letter in sink.dead] == [record]
    assert dead.letters == sink.dead
    assert all(letter.reason for letter in dead.letters)


def test_unknown_type_and_newer_version_are_kept_like_any_other():
    """The history is complete before every reader is upgraded."""
    events = [
        an_event(type="billing.invoice.sent", dataschema="backstory:billing.invoice.sent/1"),
        an_event(dataschema="backstory:model.updated/99"),
    ]
    sink = MemorySink()

    Processor(a_consumer(sink), MemorySource(events)).run_once()

    assert sink.events == events


def test_dead_letters_are_published_only_after_the_sink_has_kept_them():
    """A batch that failed publishes nothing, so its second attempt does not publish twice."""
    source, dead = MemorySource(), MemoryDeadLetterTopic()
    source.add(b"nonsense")
    sink = MemorySink(failures=[SinkUnavailable("memory")])
    processor = Processor(a_consumer(sink), source, dead_letters=dead)

    with pytest.raises(SinkUnavailable):
        processor.run_once()
    assert dead.letters == []

    processor.run_once()
    assert len(dead.letters) == 1


def test_topic_of_the_same_name_but_another_identity_stops():
    """Its offsets start again: old and new must never be mixed."""
    source, sink = MemorySource([an_event()]), MemorySink()
    Processor(a_consumer(sink), source).run_once()
    source.rewind()
    source.identity = "memory-2"

    with pytest.raises(TopicRecreated, match="memory-1 and is memory-2"):
        Processor(a_consumer(sink), source).run_once()


def test_topic_created_again_under_an_idle_reader_is_noticed():
    """It waits for offsets that the new topic may never reach, as silent as one that is idle."""
    source = MemorySource([an_event()])
    processor = Processor(a_consumer(MemorySink()), source)
    processor.run_once()

    source.identity = "memory-2"

    with pytest.raises(TopicRecreated, match="was memory-1 and is memory-2"):
        processor.run_once()


def test_metrics_tell_events_dead_letters_and_lag():
    """What an operator looks at first."""
    source, sink = MemorySource([an_event() for _ in range(3)]), MemorySink()
    source.add(None)
    metrics = ConsumerMetrics.unregistered()

    Processor(a_consumer(sink), source, metrics=metrics, limit=3).run_once()

    name = "history"
    assert metrics.events.labels(name)._value.get() == 3
    assert metrics.lag_events.labels(name)._value.get() == 1
    assert metrics.dead.labels(name)._value.get() == 0


def test_health_tells_how_old_what_is_left_is():
    """While the sink is away the first event waits; then the next ones; then none."""
    first, second, third = (an_event() for _ in range(3))
    source = MemorySource([first, second, third])
    sink = MemorySink(failures=[SinkUnavailable("memory", "it restarts")])
    now = third.time.timestamp() + 60
    health = Health("history", clock=lambda: now)
    processor = Processor(a_consumer(sink), source, limit=2, health=health)

    with pytest.raises(SinkUnavailable):
        processor.run_once()
    assert "it restarts" in health.ready().reason
    assert health.lag_s() == pytest.approx(now - first.time.timestamp())

    processor.run_once()
    assert health.ready().ok
    assert health.lag_s() == pytest.approx(now - second.time.timestamp())

    processor.run_once()
    assert health.lag_s() == 0


def test_silent_broker_is_not_taken_for_an_idle_topic():
    """Both hand out nothing; only one can say how far the topic goes."""

    class Frozen(MemorySource):
        def ends(self) -> Mapping[int, int]:
            raise SourceUnavailable("kafka:9092", "timed out")

    health = Health("history")
    processor = Processor(a_consumer(MemorySink()), Frozen(), health=health)

    with pytest.raises(SourceUnavailable):
        processor.run_once()

    assert "'kafka:9092' does not answer" in health.ready().reason
    assert health.live().ok


def test_consumer_that_is_given_nothing_although_there_is_something_gets_stuck():
    """A client that hangs inside turns the loop for ever: only a restart helps."""

    class Deaf(MemorySource):
        def poll(self, limit: int, wait_s: float) -> list[Record]:
            return []

    now_s = 0.0
    health = Health("history", stuck_after_s=60, monotonic=lambda: now_s)
    processor = Processor(a_consumer(MemorySink()), Deaf([an_event()]), health=health)
    processor.run_once()
    now_s = 61.0
    processor.run_once()

    assert "stuck: nothing settled for 61 s" in health.live().reason
