"""What of an event may leave: closed by default, opened by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import msgspec

from schemas import Actor, Event, Request

_HARMLESS: Final = {
    "page.viewed": ("status", "duration_ms", "view", "route"),
    "action.performed": ("action", "duration_ms"),
    "action.failed": ("action", "error", "duration_ms"),
    "access.denied": ("permission", "view"),
}
"""Fields of payloads that say nothing about a person or a customer."""

PERSON: Final = "person"
"""Allows a person's own id; without it a pseudonym leaves, made with the salt."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What leaves.

    Attributes:
        types: event types that are forwarded at all.
        allowed: names of what else may leave: ``entity``, ``path``, ``query``, ``referrer``,
            ``username``, ``ip``, ``user_agent``, ``reason``, ``subject``, ``person``; any other
            field of a payload by its name; a model's field as ``app.Model.field``.
        consents: whether the person behind an event has agreed to be told apart from others.
        salt: makes pseudonyms that nobody else can make.
    """

    types: frozenset[str]
    salt: bytes
    allowed: frozenset[str] = frozenset()
    consents: Callable[[Event], bool] = lambda event: False


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """One event as a service is given it. ``id`` is the event's own: a repeated one counts once.

    ``person`` is empty when nobody may be told apart.
    """

    id: UUID
    name: str
    time: datetime
    person: str
    properties: Mapping[str, Any]


def tracked(event: Event, policy: Policy) -> Tracked:
    """Return what may leave of an event.

    Raises InvalidEvent or UnknownEventType when its payload cannot be read: then nothing leaves.
    """
    return Tracked(
        id=event.id,
        name=event.type,
        time=event.time,
        person=_person(event, policy),
        properties=dict(_properties(event, policy)),
    )


def _person(event: Event, policy: Policy) -> str:
    actor = event.context.actor
    if actor is None or not actor.id or not policy.consents(event):
        return ""
    if PERSON in policy.allowed:
        return actor.id
    text = f"{event.source}\0{actor.id}".encode()
    return blake2b(text, key=policy.salt[:64], digest_size=16).hexdigest()


def _properties(event: Event, policy: Policy) -> Iterator[tuple[str, Any]]:
    model = (event.subject or "").partition("/")[0]
    payload = msgspec.structs.asdict(event.payload())
    for name in _HARMLESS.get(event.type, ()):
        yield name, payload[name]
    if event.type.startswith("model."):
        yield "model", model
        yield from _changes(model, payload, policy)
    for name, value in _circumstances(event, payload):
        if name in policy.allowed and value not in ("", None):
            yield name, value


def _changes(model: str, payload: Mapping[str, Any], policy: Policy) -> Iterator[tuple[str, Any]]:
    """The names of the changed fields; the values of those that are allowed by name."""
    masked = payload["masked"]  # their values never come this far; nor would they leave
    images = {side: payload[side] for side in ("before", "after") if side in payload}
    yield "fields", sorted({name for image in images.values() for name in image})
    for side, image in images.items():
        for name, value in image.items():
            if f"{model}.{name}" in policy.allowed and name not in masked:
                yield f"{side}.{name}", msgspec.json.decode(value)


def _circumstances(event: Event, payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    context = event.context
    request = context.request or Request()
    actor = context.actor or Actor()
    yield "entity", context.entity
    yield "subject", event.subject or ""
    yield "reason", context.reason
    yield "username", actor.username
    yield "path", request.path
    yield "ip", request.ip
    yield "user_agent", request.user_agent
    if not event.type.startswith("model."):
        yield from payload.items()
