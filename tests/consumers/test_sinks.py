"""The sink contract on memory and on the history, and the history's columns."""

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import psycopg
import pytest
from msgspec import UNSET

from consumers import (
    DeadLetter,
    HistorySink,
    MemorySink,
    Move,
    Record,
    SinkRefused,
    SinkUnavailable,
)
from schemas import Actor, Context, Request, decode, encode
from tests.consumers.observing import rows
from tests.consumers.sink_contract import SinkContract, a_batch
from tests.factories import a_context, an_event


class TestMemorySink(SinkContract):
    @pytest.fixture
    def sink(self) -> MemorySink:
        return MemorySink()


class TestHistorySink(SinkContract):
    def test_columns_say_what_the_event_says(self, sink: HistorySink, history: str):
        """Each column is filled by binary COPY: a wrong byte would be a wrong fact."""
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        event = an_event(
            time=datetime(2026, 5, 4, 3, 2, 1, 123456, UTC),
            window=7,
            context=a_context(trace=trace),
        )
        sink.write(a_batch([event], first=41))

        row = only_row(history)

        assert (row["id"], row["occurred_at"]) == (event.id, event.time)
        assert (row["type"], row["source"]) == ("model.updated", "captable")
        assert event.sequence == f"{row['sequence']:019d}.{row['position']:06d}"
        assert (row["model"], row["object_id"]) == ("captable.Certificate", "7")
        assert (row["entity"], row["action"]) == ("captable.Company/3", "certificate.transfer")
        assert (row["user_id"], row["username"]) == ("42", "ann")
        assert (row["method"], row["url_path"]) == ("POST", event.context.request.path)
        assert row["ip"] == ip_address("203.0.113.9")
        assert (row["browser"], row["origin"]) == ("Firefox 141 on Linux", "web")
        assert row["user_agent"] == event.context.request.user_agent
        assert row["request_id"] == event.context.request.id
        assert row["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
        assert (row["topic"], row["partition"], row["offset"]) == ("events", 0, 41)
        assert row["ledger_window"] == 7

    def test_value_is_kept_byte_for_byte(self, sink: HistorySink, history: str):
        """Hashes, replay and rebuilt topics depend on it."""
        value = encode(an_event()).replace(b'{"', b'{  "').replace(b"12.5000", b"12.50000")
        batch = a_batch([decode(value)])
        record, event = batch.events[0]
        sink.write(replace(batch, events=[(replace_value(record, value), event)]))

        assert rows(history, "SELECT value::text FROM history.events") == [(value.decode(),)]

    def test_view_offers_objects_not_strings(self, sink: HistorySink, history: str):
        """A wrong dumper stores a JSON string that looks like the object."""
        sink.write(a_batch([an_event()]))

        kinds = "SELECT jsonb_typeof(data), jsonb_typeof(context) FROM history.event_details"
        assert rows(history, kinds) == [("object", "object")]

    @pytest.mark.parametrize("number", [b"1e200000", b"1e-200000", b"1" * 140_000])
    def test_number_that_jsonb_cannot_hold_breaks_no_question(
        self, sink: HistorySink, history: str, number: bytes
    ):
        """A json column takes any number: the event is kept whole, the view tells it as text."""
        value = encode(an_event()).replace(b'"12.5000"', number)
        batch = a_batch([decode(value), an_event()])
        (record, event), other = batch.events
        sink.write(replace(batch, events=[(replace_value(record, value), event), other]))

        found = rows(history, "SELECT jsonb_typeof(data), data #>> '{}' FROM history.event_details")
        assert sorted(kind for kind, _ in found) == ["object", "string"]
        [text] = [text for kind, text in found if kind == "string"]
        assert number.decode() in text

    def test_event_with_nothing_but_the_envelope_is_kept(self, sink: HistorySink, history: str):
        """An outside change may know nobody and nothing."""
        sink.write(a_batch([an_event(context=Context(), subject=UNSET)]))

        row = only_row(history)
        unknown = (
            "model",
            "object_id",
            "entity",
            "user_id",
            "ip",
            "request_id",
            "trace_id",
            "ledger_window",
        )
        assert {row[name] for name in unknown} == {None}

    @pytest.mark.parametrize("ip", ["", "unknown", "10.0.0.1:80", "2001:db8::1"])
    def test_address_that_is_none_does_not_lose_the_event(
        self, sink: HistorySink, history: str, ip: str
    ):
        """Visitors send what they like; the value keeps what they sent."""
        context = a_context(request=Request(ip=ip), actor=Actor())
        sink.write(a_batch([an_event(context=context)]))

        assert only_row(history)["ip"] == (ip_address(ip) if "::" in ip else None)

    @pytest.mark.parametrize("text", [r"a\u0000b", r"\u0000", r"\\\u0000"])
    def test_text_that_jsonb_cannot_hold_is_a_dead_letter(
        self, sink: HistorySink, history: str, text: str
    ):
        """One such row would break every question to the view."""
        assert len(write_with_text(sink, text).dead) == 1
        assert rows(history, "SELECT data FROM history.event_details") == []

    @pytest.mark.parametrize("text", [r"a\\u0000b", r"\ud83d\ude00", "é"])
    def test_text_that_only_looks_so_is_kept(self, sink: HistorySink, history: str, text: str):
        """An escaped backslash before u0000, and a whole surrogate pair, are ordinary text."""
        assert write_with_text(sink, text).events == 1
        assert len(rows(history, "SELECT data FROM history.event_details")) == 1

    def test_dead_letter_keeps_bytes_key_and_headers(self, sink: HistorySink, history: str):
        """Enough to send it again."""
        record = Record(0, 0, b"\xff", b"\x00nonsense", lambda: [("a", b"\xfe")])
        sink.write(replace(a_batch([an_event()]), rejected=[DeadLetter(record, "not JSON")]))

        found = rows(history, "SELECT key, value, headers, reason FROM history.dead_letters")
        assert found == [(b"\xff", b"\x00nonsense", [["a", "fe"]], "not JSON")]

    def test_sink_writes_again_after_its_session_was_ended(self, sink: HistorySink, history: str):
        """No operator is needed when the server restarts or an administrator cleans up."""
        sink.write(a_batch([an_event()]))
        rows(
            history,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'backstory.history' AND datname = current_database()",
        )

        with pytest.raises(SinkUnavailable):
            sink.write(a_batch([an_event()], first=1, expected=1))

        assert sink.write(a_batch([an_event()], first=1, expected=1)).events == 1

    def test_server_that_is_not_there_is_transient(self):
        """Waiting is right: servers come back."""
        with pytest.raises(SinkUnavailable):
            HistorySink("postgresql://nobody@127.0.0.1:1/none").positions("history", "events")

    def test_schema_that_is_missing_is_named_with_the_way_out(self, database: str):
        """Waiting would be wrong: only a person can help."""
        sink = HistorySink(database)

        with pytest.raises(SinkRefused, match="backstory migrate") as caught:
            sink.positions("history", "events")

        assert not caught.value.retryable

    def test_frozen_process_inside_a_transaction_loses_its_session(
        self, sink: HistorySink, history: str
    ):
        """Its locks would stop the process that took over for as long as it is frozen."""
        event = an_event()
        with psycopg.connect(history, application_name="backstory.history") as frozen:
            frozen.execute(
                "INSERT INTO history.offsets VALUES ('history', 'events', 0, 'T1', 1, now())"
            )
            with pytest.raises(SinkUnavailable):
                sink.write(a_batch([event]))
            assert sink.write(a_batch([event])).events == 1
            with pytest.raises(psycopg.OperationalError):
                frozen.execute("SELECT 1")


def write_with_text(sink: HistorySink, text: str) -> Any:
    """Keep an event whose payload holds the JSON text."""
    value = encode(an_event()).replace(b"12.5000", text.encode())
    batch = replace(a_batch([]), moves={0: Move(None, 1)})
    return sink.write(replace(batch, events=[(Record(0, 0, None, value), decode(value))]))


def replace_value(record: Record, value: bytes) -> Record:
    """The record with other bytes."""
    return Record(record.partition, record.offset, record.key, value)


def only_row(url: str) -> dict[str, Any]:
    """The one row of the history."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute("SELECT * FROM history.events")
        row = cursor.fetchone()
        assert row is not None
        assert cursor.fetchone() is None
        return dict(zip([column.name for column in cursor.description or ()], row, strict=True))
