"""What people were told, compared with what the rules say and with what the inbox received."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from runpy import run_path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import namedtuple_row

from consumers import Judge, MemoryPast, NotificationSettings, RuleBook, Templates
from schemas import Event, decode

from .inbox import Inbox
from .meters import first_id
from .statements import statement

Received = tuple[str, str, str]  # channel, target, the provider's name of the message


class Telling(msgspec.Struct, kw_only=True):
    """What came of the deliveries; each list holds sentences for people.

    Attributes:
        untold: what a rule says of an event of this run, and nobody noted.
        undelivered: deliveries that ended otherwise than with their target, and those whose
            provider is said to have taken what it never got.
        told_twice: messages that came again although nobody was in doubt about the first.
        deliveries: how many are in which state; ``waiting`` ones wait for the end of a digest or of
            quiet hours.
    """

    untold: list[str] = []
    undelivered: list[str] = []
    told_twice: list[str] = []
    deliveries: dict[str, int] = {}


def judge_telling(
    env: Mapping[str, str], rules: Path, inbox: Inbox, *, opened_at: float, began_at: float
) -> Telling:
    """Judge everything since the inbox opened; the rules are asked about the run's events only.

    ``rules`` is the file of the application's rules. Both moments are in seconds since 1970.
    """
    with psycopg.connect(env["BACKSTORY_HISTORY_URL"], autocommit=True) as connection:
        values = connection.execute(statement("values"), {"since": first_id(began_at)})
        judge = _judge(env, rules, datetime.fromtimestamp(began_at, UTC))
        said = _said(judge, (decode(value) for (value,) in values))
        since = {"since": datetime.fromtimestamp(opened_at, UTC)}
        received = list(inbox.received())
        with connection.cursor(row_factory=namedtuple_row) as cursor:
            deliveries = cursor.execute(statement("deliveries"), since).fetchall()
    return compare(said, received, deliveries, list(inbox.received()))


def compare(
    said: Mapping[UUID, str],
    received: Sequence[Received],
    rows: Sequence[Any],
    received_later: Sequence[Received],
) -> Telling:
    """Compare what the rules say (sentences by delivery), the messages, and the deliveries' rows.

    The sender goes on meanwhile: the messages are those before and those after the rows were read.
    """
    kept = {row.id for row in rows}
    return Telling(
        untold=[sentence for delivery, sentence in said.items() if delivery not in kept],
        undelivered=[*_undelivered(rows, {name for _, _, name in received_later})],
        told_twice=[*_told_twice(rows, received)],
        deliveries=dict(sorted(Counter(row.state for row in rows).items())),
    )


def _judge(env: Mapping[str, str], rules: Path, now: datetime) -> Judge:
    """The rules with nothing to look up: routes that ask the past give nobody."""
    settings = NotificationSettings.from_env(env)
    alerts = NotificationSettings(alerts=settings.alerts).rules()
    book = RuleBook([*run_path(str(rules))["rules"].all, *alerts.all])
    return Judge(book, Templates(settings.templates), MemoryPast(), now=lambda: now)


def _said(judge: Judge, events: Iterable[Event]) -> dict[UUID, str]:
    """By delivery; a rule that fails is kept under the event, where no delivery will be found."""
    said = {}
    for event in events:
        judgement = judge.judge(event)
        for delivery in judgement.deliveries:
            said[delivery.id] = f"{delivery.rule} tells {delivery.target.channel}: {delivery.title}"
        for failure in judgement.failures:
            said[event.id] = str(failure)
    return said


def _undelivered(rows: Iterable[Any], names: set[str]) -> Iterator[str]:
    for row in rows:
        carried = row.state == "digested" and row.carrier == "sent"
        if not (row.state == "sent" or carried or row.under_way):
            yield f"{row.rule} for {row.channel}: {row.state}, {row.last_error or 'no error'}"
        if row.state == "sent" and row.accepted and row.provider_id not in names:
            yield f"{row.rule} for {row.channel}: taken as {row.provider_id!r}, and never seen"


def _told_twice(rows: Iterable[Any], received: Iterable[Received]) -> Iterator[str]:
    """An attempt of which nobody knows may have left a message, an accepted one left one."""
    explained: Counter[tuple[str, str]] = Counter()
    for row in rows:
        explained[row.channel, row.target] += row.accepted + row.unknown
        if row.accepted > 1 and not row.unknown:
            yield f"{row.rule} for {row.channel}: accepted {row.accepted} times"
    arrived = Counter((channel, target) for channel, target, _ in received)
    for (channel, target), number in arrived.items():
        if (more := number - explained[channel, target]) > 0:
            yield f"{channel}: {more} messages to one target that no attempt explains"
