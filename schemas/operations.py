"""Payloads in which the pipeline tells about itself."""

from datetime import datetime
from typing import Any

from .payload import Payload


class RelayWindow(Payload, name="relay.window", version=1):
    """The relay closed a window: so many events with that digest were published and acknowledged.

    Attributes:
        number: consecutive number of the window within its source, without gaps.
        events: how many events it holds.
        digest: of each event the SHA-256 of its value, then its id, joined by exclusive or, in 96
            hexadecimal digits; the last 32, the ids, are all that an older relay tells.
        opened_at: when its first event was read.
        closed_at: when it was closed.
    """

    number: int
    events: int
    digest: str
    opened_at: datetime
    closed_at: datetime


class EventSetAside(Payload, name="event.set_aside", version=1):
    """An outbox row could not be published; it is kept in the application's database.

    Attributes:
        outbox_seq: its number in the outbox.
        name: label of the model, or type of the event.
        reason: why it could not be published.
    """

    outbox_seq: int
    name: str
    reason: str


class EventsDropped(Payload, name="events.dropped", version=1):
    """Events sent directly, past the outbox, were given up; nobody has them.

    Attributes:
        event_type: type of the events.
        count: how many were given up by one process of the application.
        since: when the first of them was.
        until: when the last of them was.
        reason: why, such as a full memory or what Kafka said.
    """

    event_type: str
    count: int
    since: datetime
    until: datetime
    reason: str


class DeadLetterAct(Payload):
    """What the events about an act on a dead letter have in common.

    Attributes:
        letter: its number in the history.
        consumer: whose dead letter it is.
        topic: where the record lies.
        partition: of that topic.
        offset: in that partition.
        rejected: why the consumer had rejected it.
    """

    letter: int
    consumer: str
    topic: str
    partition: int
    offset: int
    rejected: str


class DeadLetterRetried(DeadLetterAct, name="dead_letter.retried", version=1):
    """A consumer took a record that it had rejected; the context says who tried again, and why."""


class DeadLetterDropped(DeadLetterAct, name="dead_letter.dropped", version=1):
    """A rejected record needs no more care; the context says who decided that, and why."""


class DecisionMade(Payload, name="decision.made", version=1):
    """Somebody decided about events that are lost, left out or taken from elsewhere.

    The context says who, and why.

    Attributes:
        decision: its number in the history.
        kind: what was decided, such as ``range skipped``.
        facts: of which events: topic, partition, offsets, counts, times.
    """

    decision: int
    kind: str
    facts: dict[str, Any]
