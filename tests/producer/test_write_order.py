"""Several changes of one row within a transaction take the order of their images."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from infra.services import Services
from schemas import Event, ModelUpdated
from tests.producer.conftest import Connection
from tests.producer.rows_making import a_row, events_of
from tests.producer.topic_reading import events_on


def image(shares: int, key: int = 1) -> dict[str, object]:
    """Return a row."""
    return {"id": key, "company_id": None, "shares": shares, "pin": None}


def steps(events: list[Event]) -> list[tuple[str, str]]:
    """Return sequence and type."""
    return [(event.sequence[17:], event.type.removeprefix("model.")) for event in events]


def test_inner_statement_that_was_recorded_first_comes_second() -> None:
    """A trigger of the application wrote again inside the outer statement."""
    inner = a_row(xid=5, seq=10, old=[image(2)], new=[image(3)])
    outer = a_row(xid=5, seq=11, old=[image(1)], new=[image(2)])
    events = events_of(inner, outer)

    payloads = [event.payload() for event in events]
    assert all(isinstance(payload, ModelUpdated) for payload in payloads)
    assert [bytes(p.after["shares"]) for p in payloads if isinstance(p, ModelUpdated)] == [
        b"2",
        b"3",
    ]
    assert [event.sequence for event in events] == sorted(event.sequence for event in events)
    assert {event.id for event in events} == {
        event.id for row in (inner, outer) for event in events_of(row)
    }


def test_cascade_recorded_before_set_null_on_the_same_row() -> None:
    """The row is told as gone last."""
    gone = a_row("delete", xid=5, seq=10, old=[image(2)])
    changed = a_row(xid=5, seq=11, old=[image(1)], new=[image(2)])
    assert steps(events_of(gone, changed)) == [("10.000000", "updated"), ("11.000000", "deleted")]


def test_chain_over_a_changed_key() -> None:
    """The images say it is one row."""
    second = a_row(xid=5, seq=10, old=[image(1, key=2)], new=[image(7, key=2)])
    first = a_row(xid=5, seq=11, old=[image(1, key=1)], new=[image(1, key=2)])
    events = events_of(second, first)
    payload = events[0].payload()
    assert isinstance(payload, ModelUpdated)
    assert payload.previous_subject == "cap.Certificate/1"


def test_key_that_passes_to_another_row_changes_no_order() -> None:
    """One row leaves the key and another takes it: that is two rows, in the order of writing."""
    left = a_row(xid=5, seq=10, old=[image(1, key=1)], new=[image(1, key=2)])
    taken = a_row("insert", xid=5, seq=11, new=[image(1, key=1)])
    assert steps(events_of(left, taken)) == [("10.000000", "updated"), ("11.000000", "created")]


@pytest.mark.parametrize("xids", [(5, 6), (5, 5)])
def test_what_is_in_order_or_of_different_transactions_stays(xids: tuple[int, int]) -> None:
    """Back and forth is a chain as well."""
    rows = [
        a_row(xid=xids[0], seq=10, old=[image(1)], new=[image(2)]),
        a_row(xid=xids[1], seq=11, old=[image(2)], new=[image(1)]),
    ]
    events = events_of(*rows)
    assert [event.id for event in events] == [e.id for row in rows for e in events_of(row)]


def test_images_that_chain_in_no_order_stay_as_written() -> None:
    """Something between them was not recorded."""
    rows = [
        a_row(xid=5, seq=10, old=[image(5)], new=[image(6)]),
        a_row(xid=5, seq=11, old=[image(1)], new=[image(2)]),
    ]
    assert [e.id for e in events_of(*rows)] == [e.id for row in rows for e in events_of(row)]


def test_row_trigger_that_writes_again_on_the_server(
    app: Connection, drain: Callable[[], None], services: Services, topic: str
) -> None:
    """What PostgreSQL really does in that case."""
    app.execute(
        "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE certificate SET shares = 30 WHERE id = new.id AND shares < 30; RETURN NULL;"
        " END $$"
    )
    app.execute(
        "CREATE TRIGGER again AFTER UPDATE ON certificate FOR EACH ROW EXECUTE FUNCTION again()"
    )
    app.execute("INSERT INTO certificate (id, shares) VALUES (1, 10)")
    app.execute("UPDATE certificate SET shares = 20 WHERE id = 1")
    drain()

    events = events_on(services.kafka, topic, "model.updated")
    payloads = [event.payload() for event in events]
    values = [bytes(p.after["shares"]) for p in payloads if isinstance(p, ModelUpdated)]
    assert values == [b"20.0000", b"30.0000"]
    assert events[0].sequence < events[1].sequence


TWICE = """
CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE certificate SET shares = shares + 1 WHERE id = new.id AND pg_trigger_depth() < 3;
    RETURN NULL;
END $$;
CREATE TRIGGER again AFTER UPDATE ON certificate FOR EACH ROW EXECUTE FUNCTION again()
"""


def chains(events: list[Event]) -> dict[str, list[bytes]]:
    """Return the values that the events of each row lead through, in the order given."""
    found: dict[str, list[bytes]] = {}
    for event in events:
        payload = event.payload()
        assert isinstance(payload, ModelUpdated)
        values = found.setdefault(str(event.subject), [bytes(payload.before["shares"])])
        assert values[-1] == bytes(payload.before["shares"]), f"inverted at {event.sequence}"
        values.append(bytes(payload.after["shares"]))
    return found


@pytest.mark.parametrize("rows", [40, 130])
def test_what_row_triggers_wrote_follows_their_statement_whatever_fits_a_page(
    rows: int, app: Connection, drain: Callable[[], None], services: Services, topic: str
) -> None:
    """Pages hold 50 outbox rows: the edge falls between a statement and its triggers' writes."""
    app.execute(TWICE)
    app.execute("INSERT INTO certificate (id) SELECT i FROM generate_series(1, %s) AS i", [rows])
    with app.transaction():
        for _ in range(3):
            app.execute("UPDATE certificate SET shares = shares + 10")
    drain()

    events = events_on(services.kafka, topic, "model.updated")
    assert len(events) == rows * 9
    for told in (events, sorted(events, key=lambda event: event.sequence)):
        values = chains(told).values()
        assert {each[0] for each in values} == {b"0.0000"}
        assert {each[-1] for each in values} == {b"36.0000"}


def test_deferred_triggers_write_after_all_statements(
    app: Connection, drain: Callable[[], None], services: Services, topic: str
) -> None:
    """They stand deeper, and no statement follows that could have fired them."""
    app.execute(
        TWICE.replace("CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER")
        .replace("FOR EACH", "DEFERRABLE INITIALLY DEFERRED FOR EACH")
        .replace("pg_trigger_depth()", "shares")
    )
    app.execute("INSERT INTO certificate (id) SELECT generate_series(1, 130)")
    app.execute("UPDATE certificate SET shares = 1")
    drain()

    values = chains(events_on(services.kafka, topic, "model.updated")).values()
    assert set(map(tuple, values)) == {(b"0.0000", b"1.0000", b"2.0000", b"3.0000")}


def test_all_rows_of_a_statement_come_before_what_its_triggers_wrote(
    app: Connection, drain: Callable[[], None], services: Services, topic: str
) -> None:
    """A large statement takes several outbox rows; what was changed again may be in the last."""

    def write(depth: int, keys: range, before: int) -> None:
        for key in keys:
            images = [json.dumps([image(before + step, key)]) for step in (0, 1)]
            app.execute(
                "INSERT INTO backstory_outbox (kind, name, depth, old, new, old_count, new_count)"
                " VALUES ('update', 'cap.Certificate', %s, %s, %s, 1, 1)",
                [depth, *images],
            )

    with app.transaction():
        write(2, range(60, 0, -1), before=1)
        write(1, range(1, 2), before=0)
        write(-1, range(2, 61), before=0)
        write(1, range(1, 61), before=2)
    drain()

    values = chains(events_on(services.kafka, topic, "model.updated")).values()
    assert set(map(tuple, values)) == {(b"0", b"1", b"2", b"3")}
