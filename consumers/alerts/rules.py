"""Alerts that follow from an event. Each message ends with the query that shows more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from schemas import Event

from ..notify.messages import Message, Priority
from ..notify.past import Past
from ..notify.rules import Rules
from ..notify.targets import Target
from .queries import more, quoted

CHANGES: Final = (
    "model.created",
    "model.updated",
    "model.deleted",
    "model.voided",
    "model.restored",
)


def alert_rules(targets: Sequence[Target]) -> Rules:
    """Return the rules that tell these targets."""
    rules = Rules()

    @rules.on(*CHANGES, name="alert.outside_change", priority=Priority.HIGH)
    def outside_change(event: Event, past: Past) -> Message | None:
        """A row was changed by something that is not the application: psql, a script, a bug."""
        if event.context.origin != "outside" and not event.context.claimed:
            return None
        verb = event.type.partition(".")[2]
        return _alert(
            targets,
            title=f"{event.subject} was {verb} outside the application by {_session(event)}",
            text=f"{_claim(event)}{more(f'id = {quoted(event.id)}')}",
            group="outside changes",
            digest_s=60,
        )

    @rules.on("table.truncated", name="alert.truncated", priority=Priority.URGENT)
    def truncated(event: Event, past: Past) -> Message:
        """A table was emptied by TRUNCATE: its rows are gone without an event for each."""
        return _alert(
            targets,
            title=f"{event.subject or 'a table'} was truncated by {_session(event)}",
            text=more(f"id = {quoted(event.id)}"),
        )

    @rules.on("event.set_aside", name="alert.set_aside", priority=Priority.HIGH)
    def set_aside(event: Event, past: Past) -> Message:
        """The relay could not publish an event; it stays in the application's database."""
        return _alert(
            targets,
            title=f"an event of {event.source} was set aside by the relay",
            text="More: SELECT * FROM backstory_set_aside ORDER BY seq DESC; (in its database)",
            group="set aside",
            digest_s=60,
        )

    return rules


def _alert(targets: Sequence[Target], title: str, text: str, **options: Any) -> Message:
    """Title and text: Slack shows the text alone."""
    return Message(to=targets, title=title, text=f"{title}\n{text}", **options)


def _session(event: Event) -> str:
    database = event.context.database
    if database is None:
        return "an unknown database session"
    program = f" with {database.application}" if database.application else ""
    place = f" from {database.address}" if database.address else ""
    return f"role {database.role}{program}{place}"


def _claim(event: Event) -> str:
    if not event.context.claimed:
        return ""
    actor = event.context.actor
    who = (actor.username or actor.id) if actor else "nobody"
    return f"It claims to be {who}: {event.context.reason or 'no reason given'}\n"
