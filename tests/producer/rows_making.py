"""Outbox rows and tracked models for tests: each call gives a valid one; name what matters."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from producer import Column, OutboxRow, Source, TrackedModel
from producer.registry import Registry
from producer.transform import Batch, Transformer
from schemas import Event, decode

_numbers = count(1)
AT = datetime(2026, 11, 22, 18, 12, 11, 123456, tzinfo=UTC)
CLASSES = {"id": "public", "company_id": "public", "shares": "public", "pin": "secret"}


def a_row(kind: str = "update", **changes: Any) -> OutboxRow:
    """Return a change of a certificate; ``old`` and ``new`` are lists of dicts, or JSON."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "xid": 1_000 + number,
        "seq": number,
        "at": AT,
        "kind": kind,
        "name": "cap.Certificate",
        "version": None,
        "subject": None,
        "context": None,
        "role": "app",
        "application": "web",
        "address": "10.0.0.1",
        "old": None,
        "new": None,
    } | changes
    for side in ("old", "new"):
        images = values[side]
        if isinstance(images, list):
            values[side] = json.dumps(images).encode()
            values[f"{side}_count"] = len(images)
        values.setdefault(f"{side}_count", 0)
    return OutboxRow(**values)


def a_model(classes: dict[str, str] | None = None, **changes: Any) -> TrackedModel:
    """Return a certificate of a company."""
    values: dict[str, Any] = {
        "label": "cap.Certificate",
        "table": "certificate",
        "key": ("id",),
        "columns": {
            name: Column(name.removesuffix("_id"), c) for name, c in (classes or CLASSES).items()
        },
        "entity_label": "cap.Company",
        "entity_column": "company_id",
    }
    return TrackedModel(**(values | changes))


def transformed(
    *rows: OutboxRow, model: TrackedModel | None = None, largest_bytes: int = 1_000_000
) -> Batch:
    """Return what the relay makes of rows."""
    model = model or a_model()
    registry = Registry("cap", lambda: {model.label: model})
    source = Source(name="cap", believed_roles=frozenset({"app"}))
    return Transformer(source, registry, largest_bytes).batch(rows)


def events_of(*rows: OutboxRow, model: TrackedModel | None = None) -> list[Event]:
    """Return the events that the relay makes of rows."""
    return [decode(record.value) for record in transformed(*rows, model=model).records]
