"""Where a window can begin at all."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Flag
from typing import Any

import psycopg

from producer import OutboxLimits, PostgresOutbox
from producer.ahead import ReadAhead
from producer.marks import Marks
from producer.rows import Page, Place, Progress
from producer.statements import statement
from tests.producer.conftest import Connection


def test_without_a_mark_reading_begins_at_the_start() -> None:
    """A saving only."""
    assert Marks().below("100:100:", "200:200:") == 0


def test_mark_before_the_oldest_unseen_transaction_counts() -> None:
    """A transaction after a mark wrote only numbers above it."""
    marks = Marks()
    marks.note(100, 7)
    marks.note(200, 9)
    assert marks.below("150:150:", "300:300:") == 7
    assert marks.below("201:201:", "300:300:") == 9
    assert marks.below("200:200:", "300:300:") == 7


def test_transaction_that_ended_meanwhile_reaches_further_back() -> None:
    """One that is still running does not: nothing of it can be seen."""
    marks = Marks()
    marks.note(100, 7)
    marks.note(200, 9)
    assert marks.below("120:250:120", "300:300:") == 7
    assert marks.below("120:250:120", "120:300:120") == 9


def test_marks_stay_few() -> None:
    """Older ones become sparse, and stay right."""
    marks = Marks()
    for number in range(1, 50_000):
        marks.note(number * 10, number)
    assert len(marks._xids) <= 4096
    assert 0 < marks.below("300000:300000:", "600000:600000:") < 30_000


def test_number_given_out_after_a_store_began_does_not_count_for_its_mark(
    app_url: str, connect: Callable[[], Connection]
) -> None:
    """Reading ahead looks at the numbers while a place is being stored; a row would be lost."""
    app, slow = connect(), connect()
    outbox = PostgresOutbox(
        app_url, schema="public", holder="test", limits=OutboxLimits(page_rows=1)
    )
    start = outbox.lead()
    assert start is not None
    app.execute("INSERT INTO certificate (id) VALUES (1)")
    stored, looked = Flag(), Flag()

    def read_late(place: Place) -> Page:
        stored.wait()
        slow.execute("BEGIN")
        slow.execute("INSERT INTO certificate (id) VALUES (2)")
        try:
            return outbox._read(place)
        finally:
            looked.set()

    class Waiting(psycopg.Connection[Any]):
        """Comes back from storing a place when the reading ahead has been done."""

        def execute(self, *args: Any, **kwargs: Any) -> Any:
            result = super().execute(*args, **kwargs)
            if args[0] == statement("store_place"):
                stored.set()
                looked.wait()
            return result

    outbox._ahead = ReadAhead(read_late)
    assert outbox._session is not None
    outbox._session.__class__ = Waiting
    page = outbox.read(start.place)
    outbox.store(Progress(place=page.before, ledger=start.ledger))
    page = outbox.read(page.after)
    slow.execute("COMMIT")

    assert [row.new_count for row in outbox.read(page.after).rows] == [1]
    outbox.close()
