"""Sends events of some types to Kafka from this process, past the outbox (setting ``direct``)."""

import atexit
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from django.core.signals import setting_changed
from django.db import connections, transaction
from msgspec.structs import replace

from producer import DirectKafka, Dropped, Record, direct_record
from schemas import EventsDropped, Payload, context_from_comment

from ..databases import source_of
from ..recording import record
from ..settings import backstory_settings
from .scope import current_scope
from .shown import told

_log = logging.getLogger("backstory.direct")


def send(kind: type[Payload], subject: str | None, encoded: str, alias: str) -> None:
    """Hand an event to Kafka's client without waiting, once the current transaction has committed.

    What the client cannot keep is dropped; that is logged and recorded, once a minute.
    """
    context = context_from_comment(current_scope().comment(doubled=False))
    event = direct_record(
        source_of(alias),
        kind.__event_type__,
        kind.__event_version__,
        None if subject is None else told(subject),
        encoded.encode(),
        replace(context, entity=told(context.entity)),
        datetime.now(UTC),
    )
    hand_over = partial(_hand_over, kind.__event_type__, event)
    if connections[alias].in_atomic_block:
        transaction.on_commit(hand_over, using=alias, robust=True)
    else:
        hand_over()


def flush() -> None:
    """Wait for Kafka, as long as the setting ``direct_flush_s`` says, and tell what was dropped.

    Runs at the exit of each process; call it where a process ends without (``os._exit``).
    """
    sender = _sender()
    sender.close(backstory_settings().direct_flush_s)
    _tell(sender, sender.drops.take())


def _hand_over(event_type: str, event: Record) -> None:
    sender = _sender()
    sender.send(event_type, event)
    _tell(sender, sender.drops.due())


@cache
def _sender() -> DirectKafka:
    settings = backstory_settings()
    atexit.register(flush)
    return DirectKafka(
        settings.kafka_servers,
        settings.topic,
        settings.kafka_config,
        memory_bytes=settings.direct_memory_bytes,
    )


def _tell(sender: DirectKafka, dropped: Sequence[Dropped]) -> None:
    """Log what was dropped and record it in the outbox; what cannot be recorded waits."""
    for each in dropped:
        _log.warning(
            "%d events %r were dropped: %s",
            each.count,
            each.event_type,
            each.reason,
            extra={"event_type": each.event_type, "count": each.count},
        )
        try:
            record(
                EventsDropped(
                    event_type=each.event_type,
                    count=each.count,
                    since=each.since,
                    until=each.until,
                    reason=each.reason,
                )
            )
        except Exception:
            sender.drops.put_back([each])
            _log.exception("dropped events were not recorded; that is tried again in a minute")


def forget(*, setting: str, **_: Any) -> None:
    """Make a sender anew after a test has overridden the settings."""
    if setting == "BACKSTORY" and _sender.cache_info().currsize:
        _sender().close(0)
        _sender.cache_clear()


setting_changed.connect(forget, dispatch_uid="django_base.context.direct")
