"""Alerts that follow from no event: somebody has to look, again and again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import psycopg

from ..notify.deliveries import delivery_id
from ..notify.messages import Priority
from ..notify.targets import Target
from .queries import more, quoted
from .sql import statement

DENIALS: Final = 10
_EXPIRES_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something a watch saw.

    Attributes:
        watch: the watch's name, told as the rule's.
        about: what it was seen of, where a watch looks at several things.
        key: what makes it the same finding when seen again: it is told once by watch and key.
        title: one line.
        text: the rest, ending with the query or command that shows more.
        seen_at: when.
    """

    watch: str
    key: str
    about: str = ""
    title: str
    text: str
    seen_at: datetime


Watch = Callable[[], Iterable[Finding]]


def watch_dead_letters(connection: psycopg.Connection[Any]) -> list[Finding]:
    """Return a finding for each consumer that got dead letters, once for each of its last ones."""
    return [
        Finding(
            watch="alert.dead_letters",
            about=consumer,
            key=str(last),
            title=f"{number} new dead letter{'s' if number > 1 else ''} of consumer {consumer}",
            text=f"The last one: {reason}\nMore: backstory dead list --consumer {consumer}",
            seen_at=seen_at,
        )
        for consumer, number, last, reason, seen_at in connection.execute(
            statement("new_dead_letters")
        )
    ]


def watch_denials(connection: psycopg.Connection[Any]) -> list[Finding]:
    """Return a finding for each person, or address, refused ten times in five minutes.

    Told once an hour. The history is asked, not the events one by one: a fast probe is over before
    the history could tell any rule of it.
    """
    rows = connection.execute(statement("bursts_of_denials"), {"often": DENIALS})
    return [_burst(*row) for row in rows]


def _burst(
    user: str | None, name: str | None, address: str | None, number: int, seen_at: datetime
) -> Finding:
    who = f"user {name or user}" if user else f"somebody at {address}"
    where = f"user_id = {quoted(user)}" if user else f"user_id IS NULL AND ip = {quoted(address)}"
    return Finding(
        watch="alert.denials",
        about=user or address or "",
        key=f"{seen_at.astimezone(UTC):%Y-%m-%dT%H}",
        title=f"{who} was refused {number} times in 5 minutes",
        text=more(f"type = 'access.denied' AND {where}"),
        seen_at=seen_at,
    )


def look(
    connection: psycopg.Connection[Any], watches: Iterable[Watch], targets: Sequence[Target]
) -> int:
    """Ask all watches and keep what they find, all or nothing; how many deliveries are new.

    One process looks at a time: another finds nothing meanwhile.
    """
    found = [finding for watch in watches for finding in watch()]
    with connection.transaction():
        row = connection.execute(statement("lead_watch")).fetchone()
        if not (row and row[0]):
            return 0
        found += watch_dead_letters(connection) + watch_denials(connection)
        return keep_findings(connection, found, targets)


def keep_findings(
    connection: psycopg.Connection[Any], findings: Iterable[Finding], targets: Sequence[Target]
) -> int:
    """Write a delivery for each finding and target that has none; how many are new."""
    new = 0
    for finding in findings:
        event = _id_of(finding)
        for target in targets:
            new += connection.execute(
                statement("keep_finding"),
                {
                    "id": delivery_id(event, finding.watch, target),
                    "event": event,
                    "rule": finding.watch,
                    "channel": target.channel,
                    "target": target.address,
                    "entity": finding.about or None,
                    "priority": int(Priority.HIGH),
                    "title": finding.title,
                    "content": json.dumps({"text": f"{finding.title}\n{finding.text}"}),
                    "key": finding.key,
                    "seen_at": finding.seen_at,
                    "expires_at": finding.seen_at + _EXPIRES_AFTER,
                },
            ).rowcount
    return new


def _id_of(finding: Finding) -> UUID:
    """What stands in the place of an event's id; the same for the same finding."""
    text = f"{finding.watch}\0{finding.about}\0{finding.key}".encode()
    return UUID(bytes=blake2b(text, digest_size=16).digest())
