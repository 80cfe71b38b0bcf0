"""Live histories for the tests of replay, and replays of their topics."""

import threading

from consumers import (
    Agreed,
    Asked,
    Comparison,
    PersisterSettings,
    Person,
    persist_events,
    replaying,
)
from infra.services import Services
from tests.consumers.observing import rows

ALL_BUT_ARRIVAL = (
    "SELECT id, occurred_at, type, source, sequence, position, model, object_id, entity, user_id, "
    "username, action, request_id, method, url_path, ip, browser, user_agent, origin, trace_id, "
    'value::text, topic, partition, "offset", ledger_window FROM history.events ORDER BY id'
)
ANN = Agreed(actor="ann")
GIVEN_UP = Person(name="ann", reason="begin again")


def settings(services: Services, topic: str, history: str) -> PersisterSettings:
    """Of a live history of the test's own."""
    return PersisterSettings(
        kafka_servers=services.kafka,
        history_url=history,
        topic=topic,
        dead_topic=f"{topic}.dead",
        consumer=topic,
    )


def persist(live: PersisterSettings) -> None:
    """Persist what the topic holds."""
    persist_events(live, stop=threading.Event(), once=True)


def replay(
    live: PersisterSettings, asked: Asked | None = None, *, agreed: Agreed | None = None
) -> Comparison:
    """Replay to the end; swapped in if that is agreed to."""
    with replaying(live, asked or Asked(), stop=threading.Event(), tell=ignore) as replay:
        assert replay.fill()
        comparison = replay.compare()
        if agreed:
            replay.swap(comparison, agreed)
    return comparison


def ignore(step: str) -> None:
    """Tell nobody."""


def old_schemas(history: str) -> list[str]:
    """Of the histories that were replaced."""
    query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'history%old%' ORDER BY 1"
    return [name for (name,) in rows(history, query)]
