"""From an event to deliveries: what each rule says, to whom, in final words, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from schemas import Event

from ..clock import now_utc
from ..errors import ConsumeError
from .errors import InvalidNotification, RuleFailed
from .messages import Message, Priority, Routed
from .past import Past
from .rules import Rule, RuleBook
from .targets import Target
from .templates import Content, Templates

_HASH_BITS: Final = ~(0xF << 76 | 0b11 << 62) & (1 << 128) - 1
"""All but the version and variant of a UUID."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one target, as it will be sent.

    Attributes:
        id: made of event, rule, channel and target, so the same delivery has the same id.
        due_at: not before: the end of quiet hours, or of the digest's window.
        expires_at: not after.
    """

    id: UUID
    event: Event
    rule: str
    target: Target
    entity: str
    priority: Priority
    group: str
    title: str
    content: Content
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Judgement:
    """What all rules say of one event, and which of them failed."""

    deliveries: tuple[Delivery, ...] = ()
    failures: tuple[RuleFailed, ...] = ()


class Judge:
    """Asks the rules. ``channel`` keeps only the messages of one; empty keeps all."""

    def __init__(
        self,
        book: RuleBook,
        templates: Templates,
        past: Past,
        *,
        channel: str = "",
        now: Callable[[], datetime] = now_utc,
    ) -> None:
        self.book = book
        self._templates = templates
        self._past = past
        self._channel = channel
        self._now = now

    def judge(self, event: Event) -> Judgement:
        """Return what is to be sent about an event.

        A rule that fails takes nothing from the others. Raises ConsumeError when the past cannot be
        asked: then nothing is said yet.
        """
        deliveries: list[Delivery] = []
        failures: list[RuleFailed] = []
        for rule in self.book.concerned(event):
            try:
                deliveries += self._of_rule(rule, event)
            except ConsumeError:
                raise
            except Exception as error:  # a rule is the application's code: whatever it raises
                failed = RuleFailed(rule.name, error)
                failed.__cause__ = error
                failures.append(failed)
        return Judgement(tuple(deliveries), tuple(failures))

    def _of_rule(self, rule: Rule, event: Event) -> list[Delivery]:
        answer = rule.tell(event, self._past)
        messages = [answer] if isinstance(answer, Message) else list(answer or ())
        now = self._now()
        expires_at = event.time + timedelta(seconds=rule.expires_after_s)
        if now >= expires_at:
            return []
        made: dict[UUID, Delivery] = {}
        for message in messages:
            for target in self._targets(rule, message, event):
                delivery = self._delivery(rule, message, event, target, now, expires_at)
                made.setdefault(delivery.id, delivery)
        return list(made.values())

    def _targets(self, rule: Rule, message: Message, event: Event) -> Iterator[Target]:
        for each in message.to:
            found: Iterable[Target] = [each] if isinstance(each, Target) else ()
            if isinstance(each, Routed):
                route = rule.routes.get(each.route)
                if route is None:
                    raise InvalidNotification(f"there is no route {each.route!r}: use @rules.route")
                found = route(event, self._past)
            for target in found:
                if self._channel in ("", target.channel):
                    yield target

    def _delivery(
        self,
        rule: Rule,
        message: Message,
        event: Event,
        target: Target,
        now: datetime,
        expires_at: datetime,
    ) -> Delivery:
        title = " ".join(message.title.split())
        if not title:
            raise InvalidNotification("the message has no title")
        priority = rule.priority if message.priority is None else message.priority
        return Delivery(
            id=delivery_id(event.id, rule.name, target),
            event=event,
            rule=rule.name,
            target=target,
            entity=message.entity or event.context.entity,
            priority=priority,
            group=message.group,
            title=title,
            content=self._content(message, event),
            due_at=_due_at(rule, message, priority, now),
            expires_at=expires_at,
        )

    def _content(self, message: Message, event: Event) -> Content:
        if not message.template:
            return {"text": message.text or message.title}
        values = {**message.values, "event": event, "message": message}
        return self._templates.render(message.template, values)


def delivery_id(event: UUID, rule: str, target: Target) -> UUID:
    """Return the id of what one rule says of one event to one target (a UUIDv8 of RFC 9562)."""
    digest = blake2b(digest_size=16)
    for part in (str(event), rule, target.channel, target.address):
        digest.update(part.encode() + b"\0")
    number = int.from_bytes(digest.digest(), "big")
    return UUID(int=number & _HASH_BITS | 8 << 76 | 2 << 62)


def _due_at(rule: Rule, message: Message, priority: Priority, now: datetime) -> datetime:
    if priority is Priority.URGENT:
        return now
    due = now
    if message.group and message.digest_s > 0:
        due = _end_of_window(now, message.digest_s)
    return rule.quiet_hours.over_at(due) if rule.quiet_hours else due


def _end_of_window(now: datetime, length_s: int) -> datetime:
    """Return when the digest that is being filled goes out: the same moment for all its parts."""
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % length_s + length_s, UTC)
