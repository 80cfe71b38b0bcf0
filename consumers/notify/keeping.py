"""Deliveries into notify.deliveries, inside the transaction that moves the offsets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import psycopg

from schemas import Event

from ..history import Kept
from ..records import DeadLetter, Record
from .deliveries import Delivery, Judge
from .sql import statement


class DeliveryKeeping:
    """Keeps the deliveries that follow from a batch, and the events that its rules failed on."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def __call__(
        self,
        connection: psycopg.Connection[Any],
        topic: str,
        events: Sequence[tuple[Record, Event]],
    ) -> Kept:
        """Ask the rules about each event and write what they say; what is there already stays."""
        rows: list[dict[str, Any]] = []
        dead: list[DeadLetter] = []
        for record, event in events:
            judgement = self._judge.judge(event)
            rows += [_row(topic, record, delivery) for delivery in judgement.deliveries]
            if judgement.failures:
                reason = "; ".join(str(failure) for failure in judgement.failures)
                dead.append(DeadLetter(record, reason))
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(statement("keep_delivery"), rows)
        return Kept(len(events) - len(dead), dead)


def _row(topic: str, record: Record, delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "event": delivery.event.id,
        "event_time": delivery.event.time,
        "topic": topic,
        "partition": record.partition,
        "offset": record.offset,
        "value": record.value,
        "rule": delivery.rule,
        "channel": delivery.target.channel,
        "target": delivery.target.address,
        "entity": delivery.entity or None,
        "priority": int(delivery.priority),
        "group": delivery.group or None,
        "title": delivery.title,
        "content": json.dumps(delivery.content),
        "due_at": delivery.due_at,
        "expires_at": delivery.expires_at,
    }
