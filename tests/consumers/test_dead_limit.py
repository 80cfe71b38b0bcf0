"""A consumer that rejects everything stops instead of diverting the stream."""

import threading
from collections.abc import Callable

import pytest

from consumers import (
    Act,
    Consumer,
    DeadLetter,
    MemorySink,
    MemorySource,
    Move,
    PersisterSettings,
    Processor,
    Record,
    TooManyDeadLetters,
    persist_events,
)
from consumers.dead.limit import Rejections
from infra.services import Services
from schemas import encode
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import Produce
from tests.factories import an_event


def a_processor(source: MemorySource, sink: MemorySink, *, batch: int = 10) -> Processor:
    return Processor(Consumer(name="history", sink=sink, dead_limit=5), source, limit=batch)


def poisoned(source: MemorySource, count: int) -> None:
    for _ in range(count):
        source.add(b"nonsense")


def test_a_batch_over_the_limit_is_refused_whole():
    """Neither its letters, nor its events, nor its offsets: the next start sees the same."""
    source, sink = MemorySource(), MemorySink()
    poisoned(source, 3)
    source.add(encode(an_event()))
    poisoned(source, 3)

    with pytest.raises(TooManyDeadLetters) as caught:
        a_processor(source, sink).run_once()

    assert (sink.dead, sink.events, source.committed) == ([], [], {})
    assert (caught.value.count, caught.value.limit) == (6, 5)
    for named in ("'history'", "6 of its last", "partition 0 offset 0", "backstory dead", "JSON"):
        assert named in str(caught.value)


def test_a_handful_goes_to_the_dead_letters():
    """A poison record now and then must not stop what follows."""
    source, sink = MemorySource(), MemorySink()
    for _ in range(3):
        poisoned(source, 5)
        for _ in range(60):
            source.add(encode(an_event()))

    a_processor(source, sink).drain(threading.Event())

    assert (len(sink.dead), len(sink.events)) == (15, 180)


def test_letters_are_counted_over_batches():
    """A stream of poison is no better for coming slowly."""
    source, sink = MemorySource(), MemorySink()
    poisoned(source, 30)

    with pytest.raises(TooManyDeadLetters):
        a_processor(source, sink, batch=2).drain(threading.Event())

    assert len(sink.dead) == 4


def test_a_restart_forgets_no_letter_but_those_that_were_settled():
    """Else a supervisor would divert the stream, one start after the other."""
    source, sink = MemorySource(), MemorySink()
    poisoned(source, 30)
    for _ in range(3):
        source.rewind()
        with pytest.raises(TooManyDeadLetters):
            a_processor(source, sink, batch=2).drain(threading.Event())
    assert len(sink.dead) == 4

    sink.acts = {number: Act(number, "dropped", "ann", "junk", b"{}") for number in range(4)}
    source.rewind()
    with pytest.raises(TooManyDeadLetters):
        a_processor(source, sink, batch=2).drain(threading.Event())

    assert len(sink.dead) == 8


def test_partitions_that_went_elsewhere_do_not_count():
    """Their letters are the limit of whoever reads them now."""
    rejections = Rejections(5)
    rejections.begin({0: [1, 2, 3], 1: [7]})
    letters = [DeadLetter(Record(1, offset, None, b""), "no") for offset in range(8, 12)]
    with pytest.raises(TooManyDeadLetters, match="8 of its last"):
        rejections.check("history", {1: Move(8, 12)}, letters)

    rejections.retain([1])

    rejections.check("history", {1: Move(8, 12)}, letters)


@pytest.fixture
def settings(services: Services, topic: str, history: str) -> Callable[[int], PersisterSettings]:
    def settings(dead_limit: int) -> PersisterSettings:
        return PersisterSettings(
            kafka_servers=services.kafka,
            history_url=history,
            topic=topic,
            dead_topic=topic,
            consumer=topic,
            dead_limit=dead_limit,
        )

    return settings


@pytest.mark.parametrize("poison", [b"not JSON", b'{"id":"1"}', None])
def test_nothing_but_poison_stops_the_persister(
    settings: Callable[[int], PersisterSettings],
    topic: str,
    history: str,
    produce: Produce,
    poison: bytes | None,
):
    """A producer that writes another format: the history stands still, with the reason."""
    produce([poison] * 300)

    for _ in range(2):
        with pytest.raises(TooManyDeadLetters, match=f"consumer '{topic}' stopped"):
            persist_events(settings(20), stop=threading.Event(), once=True)

    letters = len(rows(history, "SELECT 1 FROM history.dead_letters"))
    moved = sum(row[0] for row in rows(history, "SELECT next_offset FROM history.offsets"))
    assert letters == moved <= 20


def test_events_that_the_table_cannot_take_stop_it_too(
    settings: Callable[[int], PersisterSettings], history: str, produce: Produce
):
    """What only Postgres refuses is found by halving, and counted before anything is committed."""
    produce([encode(an_event()).replace(b"12.5000", b"\\u0000") for _ in range(300)])

    with pytest.raises(TooManyDeadLetters, match="NUL character"):
        persist_events(settings(20), stop=threading.Event(), once=True)

    assert len(rows(history, "SELECT 1 FROM history.dead_letters")) <= 20


def test_after_the_letters_are_settled_and_the_limit_is_raised_it_goes_on(
    settings: Callable[[int], PersisterSettings],
    history: str,
    produce: Produce,
    make_source: object,
):
    """Both ways out that the error names."""
    good = [an_event() for _ in range(5)]
    produce([b"poison"] * 60)
    produce(good)
    with pytest.raises(TooManyDeadLetters):
        persist_events(settings(20), stop=threading.Event(), once=True)

    persist_events(settings(100), stop=threading.Event(), once=True)

    assert sorted(kept_ids(history)) == sorted(event.id for event in good)
    assert rows(history, "SELECT count(*) FROM history.dead_letters") == [(60,)]
