"""Dead letters, retried and dropped: once, with what they become, and never without a trace."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from consumers import (
    AlreadySettled,
    Batch,
    Consumer,
    DeadLetter,
    HistorySink,
    Person,
    Record,
    SinkUnavailable,
    StillRejected,
    StoredLetter,
    Wanted,
    announce_acts,
    drop_letter,
    find_letters,
    retry_letter,
)
from schemas import DeadLetterDropped, DeadLetterRetried, Event, PageViewed, decode, encode
from tests.consumers.observing import kept_ids, rows
from tests.factories import an_event

ANN = Person(name="ann", reason="the schema is known now")

Reject = Callable[..., StoredLetter]


@pytest.fixture
def reject(sink: HistorySink, history: str) -> Reject:
    """Keeps a record as a dead letter and reads it back."""

    def reject(
        value: bytes | None, reason: str = "no JSON", *, offset: int = 7, consumer: str = "history"
    ) -> StoredLetter:
        record = Record(3, offset, b"k\xff", value, lambda: [("a", b"\x00\xfe"), ("a", b"")])
        letter = DeadLetter(record, reason)
        place = {"consumer": consumer, "topic": "events", "topic_id": "T1"}
        sink.write(Batch(**place, events=[], rejected=[letter], moves={}))
        return list(find_letters(history, Wanted()))[-1]

    return reject


def a_consumer(sink: HistorySink, accepts: Callable[[Event], bool] = lambda _: True) -> Consumer:
    return Consumer(name="history", sink=sink, accepts=accepts)


def test_letter_is_found_byte_for_byte(reject: Reject):
    """A retry must see what the consumer saw."""
    letter = reject(b"\x00\xffnonsense")

    assert (letter.record.key, letter.record.value) == (b"k\xff", b"\x00\xffnonsense")
    assert letter.record.headers == [("a", b"\x00\xfe"), ("a", b"")]
    assert (letter.topic, letter.record.partition, letter.record.offset) == ("events", 3, 7)
    assert (letter.reason, letter.event_type, letter.settled) == ("no JSON", "", None)


def test_filters_find_what_fits_all_of_them(reject: Reject, history: str):
    """One incident at a time."""
    changed = reject(encode(an_event()), "field 'x'", offset=1)
    viewed = reject(encode(an_event(PageViewed(path="/", duration_ms=1.0))), "Field 'y'", offset=2)
    junk = reject(b"junk", "no JSON", offset=3, consumer="slack")

    def found(**filters: object) -> list[int]:
        return [letter.id for letter in find_letters(history, Wanted(**filters))]  # type: ignore[arg-type]

    assert found() == [changed.id, viewed.id, junk.id]
    assert found(consumer="slack") == [junk.id]
    assert found(reason="FIELD") == [changed.id, viewed.id]
    assert found(event_type="page.viewed") == [viewed.id]
    assert found(ids=[junk.id, changed.id]) == [changed.id, junk.id]
    assert found(reason="field", event_type="model.updated", consumer="history") == [changed.id]
    moment = viewed.recorded_at
    assert found(since=moment) == [viewed.id, junk.id]
    assert found(until=moment) == [changed.id]
    assert found(since=moment + timedelta(days=1)) == []


def test_retried_letter_becomes_what_its_consumer_makes_of_it(
    reject: Reject, sink: HistorySink, history: str
):
    """The event is in the history as if it had never been rejected, and the letter is settled."""
    event = an_event()
    letter = reject(encode(event))

    retry_letter(letter, a_consumer(sink), ANN)

    columns = 'SELECT id, topic, partition, "offset", value::text FROM history.events'
    assert rows(history, columns) == [(event.id, "events", 3, 7, encode(event).decode())]
    assert list(find_letters(history, Wanted())) == []
    [settled] = find_letters(history, Wanted(settled=True))
    assert settled.settled is not None
    assert (settled.settled.kind, settled.settled.actor) == ("retried", "ann")
    assert settled.record.value == encode(event), "the letter itself stays"


def test_letter_that_is_still_rejected_stays(reject: Reject, sink: HistorySink, history: str):
    """Whether it is no event, or the table does not take it."""
    junk = reject(b"junk", offset=1)
    nul = reject(encode(an_event()).replace(b"12.5000", b"\\u0000"), offset=2)

    for letter in (junk, nul):
        with pytest.raises(StillRejected, match=f"dead letter {letter.id} is still rejected"):
            retry_letter(letter, a_consumer(sink), ANN)

    assert kept_ids(history) == []
    assert [letter.id for letter in find_letters(history, Wanted())] == [junk.id, nul.id]
    assert rows(history, "SELECT 1 FROM history.dead_letter_acts") == []


def test_letter_its_consumer_no_longer_wants_is_settled(
    reject: Reject, sink: HistorySink, history: str
):
    """As with any record: what is not accepted is passed over."""
    letter = reject(encode(an_event()))

    retry_letter(letter, a_consumer(sink, lambda event: False), ANN)

    assert kept_ids(history) == []
    assert list(find_letters(history, Wanted())) == []


def test_two_people_settle_a_letter_once(reject: Reject, sink: HistorySink, history: str):
    """The second one's work is undone with the act: both are one transaction."""
    letter = reject(encode(an_event()))
    drop_letter(letter, sink, Person(name="bo", reason="junk"))

    with pytest.raises(AlreadySettled, match="dead show"):
        retry_letter(letter, a_consumer(sink), ANN)

    assert kept_ids(history) == []
    [settled] = find_letters(history, Wanted(settled=True))
    assert settled.settled is not None
    assert (settled.settled.kind, settled.settled.actor) == ("dropped", "bo")
    with pytest.raises(AlreadySettled):
        drop_letter(settled, sink, ANN)


def test_retry_that_fails_half_way_leaves_the_letter_as_it_was(
    reject: Reject, sink: HistorySink, history: str
):
    """The act cannot be written: neither is the event."""
    letter = reject(encode(an_event()))
    rows(history, "ALTER TABLE history.dead_letter_acts RENAME TO elsewhere")

    with pytest.raises(Exception, match="dead_letter_acts"):
        retry_letter(letter, a_consumer(sink), ANN)

    rows(history, "ALTER TABLE history.elsewhere RENAME TO dead_letter_acts")
    assert kept_ids(history) == []
    assert [one.id for one in find_letters(history, Wanted())] == [letter.id]


def test_acts_are_told_as_events_until_they_are_acknowledged(
    reject: Reject, sink: HistorySink, history: str
):
    """Who, why and about what; the same event again, however often Kafka was down."""
    retried, dropped = reject(encode(an_event()), offset=1), reject(b"junk", offset=2)
    retry_letter(retried, a_consumer(sink), ANN)
    drop_letter(dropped, sink, Person(name="bo", reason="a test record"))
    seen: list[list[bytes]] = []

    def publish(answer: bool) -> int:
        def take(events: object) -> bool:
            seen.append([value for _, value in events])  # type: ignore[attr-defined]
            return answer

        return announce_acts(history, take)

    assert [publish(False), publish(True), publish(True)] == [0, 2, 0]
    assert len(seen) == 2
    assert seen[0] == seen[1]
    first, second = map(decode, seen[0])
    assert (first.type, second.type) == ("dead_letter.retried", "dead_letter.dropped")
    assert first.context.actor is not None
    assert (first.context.actor.username, first.context.reason) == (ANN.name, ANN.reason)
    assert (first.subject, first.context.origin) == (f"history.DeadLetter/{retried.id}", "command")
    place = {"topic": "events", "partition": 3, "consumer": "history", "rejected": "no JSON"}
    assert first.payload() == DeadLetterRetried(letter=retried.id, offset=1, **place)
    assert second.payload() == DeadLetterDropped(letter=dropped.id, offset=2, **place)


def test_database_that_is_away_is_told_as_such():
    """A command that fails says what to mend."""
    with pytest.raises(SinkUnavailable):
        list(find_letters("postgresql://nobody@127.0.0.1:1/none", Wanted()))
