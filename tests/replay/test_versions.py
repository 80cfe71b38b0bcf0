"""Types that change: what was stored before reads as today's, and what came too early waits."""

import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw

from consumers import Asked, Consumer, MemorySink, OnReplay, PersisterSettings, replay_consumer
from schemas import Event, Payload, UnknownEventType, decode
from tests.consumers.observing import rows
from tests.consumers.producing import Produce
from tests.factories import an_event
from tests.replay.playing import ANN, persist, replay


def cents_to_amount(fields: dict[str, Any]) -> dict[str, Any]:
    return {"amount": str(Decimal(fields["cents"]) / 100)}


class Billed(Payload, name="test.order.billed", version=2, upcasts={1: cents_to_amount}):
    amount: Decimal


def stored(name: str, version: int, data: bytes) -> Event:
    """As some release wrote it."""
    return an_event(type=name, dataschema=f"backstory:{name}/{version}", data=Raw(data))


def kept(history: str) -> Mapping[str, Event]:
    """What the history holds, by data schema."""
    found = (
        decode(text.encode()) for (text,) in rows(history, "SELECT value::text FROM history.events")
    )
    return {event.dataschema: event for event in found}


@pytest.fixture
def replayed(live: PersisterSettings, produce: Produce) -> PersisterSettings:
    """A history that was replayed, of an old version, a newer one, and a type nobody knows."""
    produce(
        [
            stored("test.order.billed", 1, b'{"cents":1234}'),
            stored("test.order.billed", 3, b'{"amount":"12.34","currency":"EUR"}'),
            stored("test.order.shipped.early", 1, b'{"parcels":2}'),
        ]
    )
    persist(live)
    replay(live, agreed=ANN)
    return live


def test_older_version_reads_as_the_newest_after_a_replay(replayed: PersisterSettings):
    """In the table, in the view its own data, and in whatever consumer is sent the past."""
    assert kept(replayed.history_url)["backstory:test.order.billed/1"].payload() == Billed(
        amount=Decimal("12.34")
    )
    view = "SELECT data FROM history.event_details WHERE type = 'test.order.billed' ORDER BY id"
    assert rows(replayed.history_url, view)[0] == ({"cents": 1234},)
    sink = MemorySink()
    again = Consumer(name="again", sink=sink, on_replay=OnReplay.RUN)

    assert replay_consumer(again, replayed, Asked(), stop=threading.Event(), kept=lambda _: None)

    assert sink.events[0].payload() == Billed(amount=Decimal("12.34"))


def test_what_came_before_its_type_is_raw_until_the_type_is_declared(replayed: PersisterSettings):
    """The history is upgraded after the service that writes; nothing is stored anew for it."""
    early = kept(replayed.history_url)
    newer, unknown = (
        early["backstory:test.order.billed/3"],
        early["backstory:test.order.shipped.early/1"],
    )
    for event in (newer, unknown):
        with pytest.raises(UnknownEventType):
            event.payload()
    assert bytes(unknown.data) == b'{"parcels":2}'

    class Shipped(Payload, name="test.order.shipped.early", version=1):
        parcels: int

    assert unknown.payload() == Shipped(parcels=2)
    view = "SELECT (data ->> 'parcels')::int FROM history.event_details WHERE data ? 'parcels'"
    assert rows(replayed.history_url, view) == [(2,)]
