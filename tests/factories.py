"""Values for tests: each call gives a new, valid one; name only what the test is about."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from msgspec import Raw

from schemas import (
    Actor,
    Context,
    Event,
    ModelUpdated,
    Payload,
    Request,
    dataschema_of,
    encode_payload,
    raw,
    sequence_of,
)

_numbers = count(1)


def a_context(**changes: Any) -> Context:
    """A person at a browser."""
    values: dict[str, Any] = {
        "actor": Actor(id="42", username="ann"),
        "request": Request(
            id="0192c7a0-5f5e-7c3a-9d0e-2b7a4f1c6d11",
            method="POST",
            path="/companies/3/certificates/7/transfer",
            ip="203.0.113.9",
            browser="Firefox 141 on Linux",
            user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
        ),
        "action": "certificate.transfer",
        "reason": "sold to Bo",
        "entity": "captable.Company/3",
        "origin": "web",
    }
    return Context(**values | changes)


def a_payload(**changes: Any) -> ModelUpdated:
    """A certificate whose number of shares changed."""
    values = {"before": {"shares": raw("10.0000")}, "after": {"shares": raw("12.5000")}}
    return ModelUpdated(**values | changes)


def an_event(payload: Payload | None = None, **changes: Any) -> Event:
    """A valid event with its own id, time and sequence; ``changes`` replace envelope fields."""
    number = next(_numbers)
    payload = payload or a_payload()
    time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number)
    milliseconds = int(time.timestamp() * 1000)
    values: dict[str, Any] = {
        "id": UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number),
        "type": payload.__event_type__,
        "source": "captable",
        "time": time,
        "subject": "captable.Certificate/7",
        "sequence": sequence_of(number),
        "dataschema": dataschema_of(payload),
        "context": a_context(),
        "data": Raw(encode_payload(payload)),
    }
    return Event(**values | changes)
