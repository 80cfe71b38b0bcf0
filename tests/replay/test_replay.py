"""A topic replayed into a table beside the live history, compared and swapped."""

import re
import secrets
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import errors

from consumers import Agreed, Asked, PersisterSettings, Selection, migrate, replay_status
from consumers.replay.errors import ReplayAsked, ReplayRangeGone, SwapRefused
from infra.services import Services
from schemas import encode
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import Produce
from tests.consumers.test_sources import delete_before
from tests.factories import an_event
from tests.replay.playing import ALL_BUT_ARRIVAL, ANN, old_schemas, persist, replay

DECISIONS = "SELECT kind, actor, reason, facts->>'rows' FROM history.decisions ORDER BY id"
CARRY = Agreed(actor="ann", reason="expired last year", carry_over=True)


def test_replay_gives_the_same_rows(live: PersisterSettings, produce: Produce, history: str):
    """All but when they arrived; what the topic holds twice is one row, as it was."""
    events = [an_event() for _ in range(300)]
    produce(events[::2], partition=0)
    produce([*events[1::2], events[1]], partition=3)
    persist(live)
    before = rows(history, ALL_BUT_ARRIVAL)

    comparison = replay(live, agreed=ANN)

    assert rows(history, ALL_BUT_ARRIVAL) == before
    assert comparison.rows == 300
    assert [comparison.count(kind) for kind in ("missing", "extra", "changed")] == [0, 0, 0]
    assert len(old_schemas(history)) == 1
    assert replay(live, agreed=ANN).hash == comparison.hash, "a second time"


def test_stored_bytes_do_not_change(live: PersisterSettings, produce: Produce, history: str):
    """Neither of a newer version nor of an unknown type: reading makes types of them, later."""
    body = encode(an_event())
    values = [
        body,
        re.sub(rb"model\.updated/1", b"model.updated/9", encode(an_event())),
        re.sub(rb"model\.updated", b"model.dreamt", encode(an_event())),
        encode(an_event()).replace(b'"data":{', b'"data": { "later":1.50,'),
    ]
    produce(values)
    persist(live)

    replay(live, agreed=ANN)

    stored = rows(history, "SELECT convert_to(value::text, 'UTF8') FROM history.events ORDER BY id")
    assert [value for (value,) in stored] == values


def test_everything_about_the_table_is_carried_over(
    live: PersisterSettings, produce: Produce, history: str
):
    """Columns, partitions, keys, indexes, guards, rights, views and what somebody added."""
    migrate(history, today=lambda: date(2026, 2, 1))
    produce([an_event() for _ in range(20)])
    persist(live)
    for addition in (
        "GRANT SELECT ON history.events TO pg_monitor",
        "GRANT SELECT (id, type) ON history.events_2026_01 TO pg_monitor",
        "CREATE INDEX events_of_trace ON history.events (trace_id)",
        "CREATE VIEW public.mine WITH (security_barrier) AS SELECT id FROM history.events",
        "GRANT SELECT ON public.mine TO pg_monitor",
    ):
        rows(history, addition)
    before = catalogue(history)

    replay(live, agreed=ANN)

    assert catalogue(history) == before
    assert rows(history, "SELECT count(*) FROM mine, history.event_details d WHERE d.id = mine.id")
    rows(history, f"DROP SCHEMA {old_schemas(history)[0]} CASCADE")
    assert catalogue(history) == before, "nothing hangs on the old table"
    migrate(history, today=lambda: date(2026, 2, 1))
    assert catalogue(history) == before


@pytest.mark.parametrize("change", ["UPDATE {} SET type = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["history.events", "history.events_default"])
def test_new_table_refuses_changes(
    live: PersisterSettings, produce: Produce, history: str, change: str, table: str
):
    """From the moment it is the history; its guards came with it."""
    produce([an_event()])
    persist(live)
    replay(live, agreed=ANN)

    for setting in (
        "SET session_replication_role = origin",
        "SET session_replication_role = replica",
    ):
        with psycopg.connect(history) as connection:
            connection.execute(setting)
            with pytest.raises(errors.InsufficientPrivilege, match="insert-only"):
                connection.execute(change.format(table))


def test_replayer_can_write_nothing_but_the_fresh_table(
    live: PersisterSettings, produce: Produce, history: str
):
    """Its role reaches no table of the schema history, and changes no row anywhere."""
    produce([an_event()])
    persist(live)
    replay(live)

    for refused in (
        "INSERT INTO history.events SELECT * FROM history_replay.events",
        "SELECT FROM history.events",
        "UPDATE history_replay.events SET type = 'x'",
        "DELETE FROM history_replay.events",
    ):
        with psycopg.connect(history) as connection:
            connection.execute("SET ROLE backstory_replayer")
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(refused)


def test_events_that_only_the_history_has_are_not_lost_unasked(
    live: PersisterSettings, services: Services, topic: str, produce: Produce, history: str
):
    """What expired from the topic is named; it is carried over only by a decision that is kept."""
    events = [an_event() for _ in range(10)]
    produce(events)
    persist(live)
    before = rows(history, ALL_BUT_ARRIVAL)
    delete_before(services.kafka, topic, offset=4)

    with pytest.raises(SwapRefused, match="4 events are only in the live history, from 2026-01-01"):
        replay(live, agreed=ANN)
    with pytest.raises(SwapRefused, match="--reason"):
        replay(live, agreed=replace(CARRY, reason=""))
    assert old_schemas(history) == []
    replay(live, agreed=CARRY)

    assert rows(history, ALL_BUT_ARRIVAL) == before
    carried, swapped = rows(history, DECISIONS)
    assert carried == ("carried over", "ann", "expired last year", "4")
    assert swapped[::3] == ("swapped", "10")


@pytest.mark.parametrize(
    "asked",
    [
        Asked(to_offset=3),
        Asked(from_offset=3),
        Asked(from_offsets={0: 3}),
        Asked(selection=Selection(types=("page.viewed",))),
        Asked(selection=Selection(subjects=("captable.Certificate/8",))),
        Asked(selection=Selection(entities=("captable.Company/4",))),
    ],
    ids=str,
)
def test_part_of_a_topic_does_not_replace_the_whole(
    live: PersisterSettings, produce: Produce, history: str, asked: Asked
):
    """A filter that was forgotten in a replay would be the largest loss of all."""
    produce([an_event() for _ in range(6)])
    persist(live)

    with pytest.raises(SwapRefused, match="events are only in the live history"):
        replay(live, asked, agreed=ANN)

    assert len(kept_ids(history)) == 6
    assert len(rows(history, "SELECT id FROM history_replay.events")) in (0, 3)


def test_value_that_differs_from_the_topic_is_shown_and_not_taken_unasked(
    live: PersisterSettings, produce: Produce, history: str
):
    """Whoever changed history behind its guards is found by the digest of the month."""
    events = [an_event() for _ in range(5)]
    produce(events)
    persist(live)
    with psycopg.connect(history) as connection:
        connection.execute("ALTER TABLE history.events DISABLE TRIGGER refuse_row_change")
        forged = "UPDATE history.events SET value = '{\"forged\": 1}' WHERE id = %s"
        connection.execute(forged, (events[2].id,))
        connection.execute("ALTER TABLE history.events ENABLE ALWAYS TRIGGER refuse_row_change")

    with pytest.raises(SwapRefused, match="1 events have other values in the topic"):
        replay(live, agreed=ANN)
    comparison = replay(live)

    (month,) = (month for month in comparison.months if month.differences)
    assert [(d.kind, d.count, list(d.ids)) for d in month.differences] == [
        ("changed", 1, [events[2].id])
    ]
    replay(live, agreed=Agreed(actor="ann", reason="forged", take_changed=True))
    assert rows(history, "SELECT id FROM history.events WHERE value::text LIKE '%%forged%%'") == []


def test_what_the_live_history_sets_aside_the_replay_rejects(
    live: PersisterSettings, produce: Produce, history: str
):
    """Also what only an index refuses, although the indexes are built when the rows are there."""
    too_long = an_event(subject="captable.Certificate/" + secrets.token_hex(20_000))
    just_long = an_event(subject="captable.Certificate/" + "a" * 20_000)
    events = [an_event() for _ in range(4)]
    produce([events[0], b"not JSON", *events[1:], too_long, just_long, None, events[0]])
    persist(live)
    before = rows(history, ALL_BUT_ARRIVAL)
    assert len(before) == 5

    replay(live)
    status = replay_status(history)
    replay(live, agreed=ANN)

    assert status is not None
    assert status.state.rejected == 3
    assert rows(history, ALL_BUT_ARRIVAL) == before


def test_months_added_meanwhile_are_carried_over(
    live: PersisterSettings, produce: Produce, history: str
):
    """A deployment migrates whenever it comes."""
    produce([an_event() for _ in range(4)])
    persist(live)
    replay(live)
    migrate(history, months_ahead=40)
    before = catalogue(history)

    replay(live, agreed=ANN)

    assert catalogue(history) == before


def test_replay_goes_on_only_with_what_it_was_asked_for(live: PersisterSettings, produce: Produce):
    """Two halves of different replays would be no replay."""
    produce([an_event() for _ in range(4)])
    persist(live)
    replay(live, Asked(to_offset=3))

    with pytest.raises(ReplayAsked, match="to_offset"):
        replay(live, Asked(to_offset=2))
    assert replay(live).rows == 3


def test_offset_that_has_expired_is_named(
    live: PersisterSettings, services: Services, topic: str, produce: Produce
):
    """Who asks for what is gone must not get less without a word."""
    produce([an_event() for _ in range(4)])
    persist(live)
    delete_before(services.kafka, topic, offset=2)

    with pytest.raises(ReplayRangeGone, match="offsets 1 to 1 expired"):
        replay(live, Asked(from_offset=1))


def test_what_would_go_on_using_the_old_table_is_named(
    live: PersisterSettings, produce: Produce, history: str
):
    """A materialized view cannot be pointed elsewhere."""
    produce([an_event()])
    persist(live)
    rows(history, "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM history.events")

    with pytest.raises(SwapRefused, match="materialized view public"):
        replay(live, agreed=ANN)

    assert old_schemas(history) == []


def catalogue(url: str) -> list[tuple[Any, ...]]:
    """What makes the history what it is, by name."""
    return rows(
        url,
        "SELECT 'relation', c.oid::regclass::text, relkind::text, pg_get_userbyid(relowner)::text, "
        "  (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(relacl) AS acl)::text "
        "FROM pg_class c WHERE relnamespace IN ('history'::regnamespace, 'public'::regnamespace) "
        "UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, attnum::text, "
        "  format_type(atttypid, atttypmod) || attnotnull, attacl::text FROM pg_attribute "
        "  JOIN pg_class c ON c.oid = attrelid AND relnamespace = 'history'::regnamespace "
        "  WHERE attnum > 0 AND relkind IN ('r', 'p') "
        "UNION ALL SELECT 'bound', oid::regclass::text, pg_get_expr(relpartbound, oid), '', '' "
        "  FROM pg_class WHERE relnamespace = 'history'::regnamespace "
        "UNION ALL SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), "
        "  indisvalid::text, indisprimary::text FROM pg_index JOIN pg_class c ON c.oid = indrelid "
        "  WHERE relnamespace = 'history'::regnamespace "
        "UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, tgenabled::text, "
        "  pg_get_triggerdef(t.oid), '' FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
        "  WHERE relnamespace = 'history'::regnamespace "
        "UNION ALL SELECT 'view', c.oid::regclass::text, pg_get_viewdef(c.oid), "
        "  reloptions::text, '' FROM pg_class c "
        "  WHERE relkind = 'v' AND relnamespace::regnamespace::text IN ('history', 'public') "
        "ORDER BY 1, 2, 3, 4, 5",
    )
