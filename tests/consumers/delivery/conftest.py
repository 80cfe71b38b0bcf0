"""Deliveries that wait, and somebody to send them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import psycopg
import pytest

from consumers import (
    DeliveryKeeping,
    HistorySink,
    Judge,
    MemoryPast,
    Message,
    Past,
    Priority,
    RuleBook,
    Rules,
    Target,
    Templates,
    slack,
)
from consumers.delivery import Channel, Sender, Sweeper
from consumers.delivery.worker import connecting
from schemas import Event
from tests.consumers.sink_contract import a_batch, replaced
from tests.factories import an_event

OPS = slack("#ops")


class Waiting(Protocol):
    """Write deliveries that are due, one an event; returns their ids in order."""

    def __call__(
        self,
        *titles: str,
        target: Target = ...,
        group: str = "",
        priority: Priority = ...,
        expires_after_s: int = 3600,
    ) -> list[UUID]: ...


@pytest.fixture
def waiting(history: str) -> Waiting:
    """Deliveries as the consumers write them."""
    written = 0

    def wait(
        *titles: str,
        target: Target = OPS,
        group: str = "",
        priority: Priority = Priority.NORMAL,
        expires_after_s: int = 3600,
    ) -> list[UUID]:
        nonlocal written
        left = list(titles)
        rules = Rules()

        @rules.on("model.updated", priority=priority, expires_after_s=expires_after_s)
        def tell(event: Event, past: Past) -> Message:
            return Message(to=[target], title=left.pop(0), group=group, digest_s=0)

        events = [an_event(time=datetime.now(UTC) - timedelta(seconds=1)) for _ in titles]
        keep = DeliveryKeeping(Judge(RuleBook(rules.all), Templates(), MemoryPast()))
        sink = HistorySink(history, keep=keep)
        batch = a_batch(events, first=written, expected=written or None)
        sink.write(replaced(batch, consumer=target.channel))
        sink.close()
        written += len(titles)
        ids = dict(told(history, "event_id", "id"))
        return [ids[event.id] for event in events]

    return wait


def told(url: str, *columns: str) -> list[Any]:
    """Columns of all deliveries, in the order they were written; bare values for one column."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            f'SELECT {", ".join(columns)} FROM notify.deliveries ORDER BY "offset", rule, target'
        ).fetchall()
    return [row[0] for row in rows] if len(columns) == 1 else rows


def change(url: str, statement: str, *parameters: object) -> None:
    """Move the world: a clock, a claim."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement, parameters or None)  # type: ignore[arg-type]


MakeSender = Callable[..., Sender]


@pytest.fixture
def sender_of(history: str) -> MakeSender:
    """A sender over one channel."""

    def make(
        channel: Channel, *, policy: str = "resend", claim_s: float = 60.0, **options: Any
    ) -> Sender:
        return Sender(
            connecting(history),
            {channel.name: channel},
            Templates(),
            worker="test",
            policies={channel.name: policy},
            claim_s=claim_s,
            jitter=lambda: 1.0,
            **options,
        )

    return make


@pytest.fixture
def sweeper_of(history: str) -> Callable[..., Sweeper]:
    """A sweeper whose broker is the sender itself: what is enqueued is sent at once."""

    def make(sender: Sender, *, policy: str = "resend", **options: Any) -> Sweeper:
        return Sweeper(
            connecting(history),
            sender.send,
            policies=dict.fromkeys(sender.channels, policy),
            **options,
        )

    return make
