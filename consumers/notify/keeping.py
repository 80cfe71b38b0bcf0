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
        rows: list[tuple[Any, ...]] = []
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


def _row(topic: str, record: Record, delivery: Delivery) -> tuple[Any, ...]:
    return (
        delivery.id,
        delivery.event.id,
        delivery.event.time,
        topic,
        record.partition,
        record.offset,
        delivery.rule,
        delivery.target.channel,
        delivery.target.address,
        delivery.entity or None,
        int(delivery.priority),
        delivery.group or None,
        delivery.title,
        json.dumps(delivery.content),
        delivery.due_at,
        delivery.expires_at,
    )
