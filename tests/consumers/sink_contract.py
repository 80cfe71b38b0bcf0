"""What every sink promises; run on memory and on the history."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from consumers import (
    Batch,
    DeadLetter,
    Move,
    OffsetConflict,
    Position,
    Record,
    Sink,
    TooManyDeadLetters,
)
from consumers.records import any_letters
from schemas import Event, encode
from tests.factories import an_event


class SinkContract:
    """Subclasses give ``sink``, which is empty."""

    def test_batch_is_kept_with_its_offsets(self, sink: Sink):
        """One transaction: a kill leaves both or neither."""
        written = sink.write(a_batch([an_event(), an_event()]))

        assert (written.events, written.repeated, written.dead) == (2, 0, ())
        assert sink.positions("history", "events") == {0: Position(2, "T1")}

    def test_offset_that_somebody_else_moved_refuses_the_whole_batch(self, sink: Sink):
        """A paused process that wakes up cannot write."""
        sink.write(a_batch([an_event()]))

        with pytest.raises(OffsetConflict):
            sink.write(a_batch([an_event(), an_event()], expected=None))
        with pytest.raises(OffsetConflict):
            sink.write(a_batch([an_event()], first=7, expected=7))

        assert sink.positions("history", "events") == {0: Position(1, "T1")}
        assert sink.write(a_batch([an_event()], first=1, expected=1)).events == 1

    def test_one_moved_partition_refuses_the_others_too(self, sink: Sink):
        """Half a batch would be neither lost nor kept."""
        sink.write(a_batch([an_event()]))
        both = a_batch([an_event()])
        both = replaced(both, moves={0: Move(None, 1), 1: Move(None, 1)})

        with pytest.raises(OffsetConflict):
            sink.write(both)

        assert sink.positions("history", "events") == {0: Position(1, "T1")}

    def test_event_kept_before_is_not_kept_twice(self, sink: Sink):
        """The relay may publish again what it could not be sure of."""
        first, second = an_event(), an_event()
        sink.write(a_batch([first]))

        written = sink.write(a_batch([second, first], first=1, expected=1))

        assert (written.events, written.repeated) == (1, 1)

    def test_event_twice_in_one_batch_is_kept_once(self, sink: Sink):
        """The same, close together."""
        event = an_event()

        written = sink.write(a_batch([event, event]))

        assert (written.events, written.repeated) == (1, 1)

    def test_rejected_record_is_kept_as_dead_letter(self, sink: Sink):
        """Nothing disappears without a reason."""
        letter = DeadLetter(Record(0, 0, b"key", b"nonsense", lambda: [("a", b"b")]), "no JSON")

        written = sink.write(replaced(a_batch([]), rejected=[letter], moves={0: Move(None, 1)}))

        assert list(written.dead) == [letter]
        assert sink.positions("history", "events") == {0: Position(1, "T1")}

    def test_batch_whose_dead_letters_are_not_allowed_leaves_nothing(self, sink: Sink):
        """A consumer that rejects too much stops before it has moved an offset."""
        letter = DeadLetter(Record(0, 0, None, b"nonsense"), "no JSON")

        def refuse(letters: Sequence[DeadLetter]) -> None:
            assert list(letters) == [letter]
            raise TooManyDeadLetters("history", letters, count=1, limit=0)

        poisoned = replaced(a_batch([an_event()], first=1), rejected=[letter], allow=refuse)
        with pytest.raises(TooManyDeadLetters):
            sink.write(poisoned)

        assert sink.positions("history", "events") == {}
        assert sink.write(replaced(poisoned, allow=any_letters)).events == 1

    def test_unsettled_letters_are_known_by_partition_and_offset(self, sink: Sink):
        """So that a restart forgets none."""
        letters = [DeadLetter(Record(0, offset, None, None), "null") for offset in (3, 5)]
        sink.write(replaced(a_batch([]), rejected=letters, moves={0: Move(None, 6)}))

        assert sink.unsettled("history", "events", {0: 4, 1: 0}) == {0: [5], 1: []}
        assert sink.unsettled("history", "events", {0: 3}) == {0: [3, 5]}
        assert sink.unsettled("another", "events", {0: 3}) == {0: []}

    def test_consumers_do_not_share_offsets(self, sink: Sink):
        """Each reads the topic for itself."""
        sink.write(a_batch([an_event()]))

        assert sink.positions("another", "events") == {}
        assert sink.positions("history", "another") == {}


def a_batch(
    events: list[Event], *, first: int = 0, expected: int | None = None, topic_id: str = "T1"
) -> Batch:
    """Events at consecutive offsets of partition 0."""
    records = [
        Record(0, first + index, event.subject.encode() if event.subject else None, encode(event))
        for index, event in enumerate(events)
    ]
    return Batch(
        consumer="history",
        topic="events",
        topic_id=topic_id,
        events=list(zip(records, events, strict=True)),
        rejected=[],
        moves={0: Move(expected, first + len(events))},
    )


def replaced(batch: Batch, **changes: object) -> Batch:
    """The batch with other fields."""
    return replace(batch, **changes)  # type: ignore[arg-type]
