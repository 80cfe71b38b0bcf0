"""What the measures need to know of an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from schemas import Event

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Facts(msgspec.Struct, frozen=True, gc=False):
    """One event, reduced.

    Attributes:
        time_us: microseconds since 1970.
        order: what decides between two events of one moment.
        person: id of who did it, or empty.
        action: of ``action.performed`` and ``action.failed``.
        duration_ms, route: of ``page.viewed``.
    """

    id: UUID
    type: str
    time_us: int
    order: tuple[str, str]
    model: str
    entity: str
    person: str
    action: str = ""
    duration_ms: float = 0.0
    route: str = ""


class _Page(msgspec.Struct, gc=False):
    duration_ms: float
    route: str = ""


class _Action(msgspec.Struct, gc=False):
    action: str


_read_page: Final = msgspec.json.Decoder(_Page).decode
_read_action: Final = msgspec.json.Decoder(_Action).decode


def facts_of(event: Event) -> Facts:
    """Return the facts of an event.

    Raises msgspec.MsgspecError when a page or an action does not say what it must: the history
    counts it no more than we do.
    """
    actor = event.context.actor
    page, action = _Page(0.0), ""
    if event.type == "page.viewed":
        page = _read_page(event.data)
    elif event.type in ("action.performed", "action.failed"):
        action = _read_action(event.data).action
    return Facts(
        id=event.id,
        type=event.type,
        time_us=(event.time - _EPOCH) // _MICROSECOND,
        order=(event.source, event.sequence),
        model=(event.subject or "").partition("/")[0],
        entity=event.context.entity,
        person=actor.id if actor else "",
        action=action,
        duration_ms=page.duration_ms,
        route=page.route,
    )
