"""What was decided is told as events, and so is in the history for as long as everything else."""

from collections.abc import Sequence

import psycopg

from consumers import Decision, PersisterSettings, announce_acts
from consumers.decisions import keep_decision
from infra.acts import publish_acts
from infra.services import Services
from schemas import DecisionMade, Event, decode
from tests.consumers.observing import rows
from tests.offsets.conftest import Persist
from tests.offsets.test_offsets import recreate

TOLD = "SELECT value::text FROM history.events WHERE type = 'decision.made' ORDER BY sequence"


def decided(history: str, kind: str) -> None:
    """As whoever may only write."""
    facts = {"partition": 3, "first_offset": 1}
    with psycopg.connect(history) as connection:
        connection.execute("SET ROLE backstory_writer")
        keep_decision(connection, Decision(kind=kind, actor="ann", reason="gone", facts=facts))


def test_decisions_get_into_the_history_as_events(
    env: dict[str, str], history: str, persist: Persist
):
    """Who, why, and about which events; those of before this could be told, too."""
    settings = PersisterSettings.from_env(env)
    decided(history, "range skipped")
    decided(history, "swapped")

    assert [publish_acts(settings), publish_acts(settings)] == [2, 0]

    persist(history)
    first, second = (decode(text.encode()) for (text,) in rows(history, TOLD))
    assert first.payload() == DecisionMade(
        decision=1, kind="range skipped", facts={"partition": 3, "first_offset": 1}
    )
    assert (first.subject, second.subject) == ("history.Decision/1", "history.Decision/2")
    assert first.context.actor is not None
    assert (first.context.actor.username, first.context.reason) == ("ann", "gone")
    assert (first.source, first.context.origin) == ("backstory.decisions", "command")


def test_decision_whose_publisher_was_killed_is_told_again_as_the_same_event(
    env: dict[str, str], history: str, persist: Persist
):
    """Kafka had it, and nobody noted that: twice on the topic is once in the history."""
    settings = PersisterSettings.from_env(env)
    decided(history, "swapped")
    assert publish_acts(settings) == 1
    rows(history, "DELETE FROM history.decision_events")
    seen: list[bytes] = []

    def take(events: Sequence[tuple[Event, bytes]]) -> bool:
        seen.extend(value for _, value in events)
        return False

    assert announce_acts(history, take) == 0
    assert publish_acts(settings) == 1

    persist(history)
    assert [text.encode() for (text,) in rows(history, TOLD)] == seen


def test_decision_that_was_lost_with_its_topic_is_told_again(
    env: dict[str, str], services: Services, topic: str, history: str, persist: Persist
):
    """Kafka acknowledged it, and nobody read it: the history is what counts."""
    settings = PersisterSettings.from_env(env)
    decided(history, "topic read again")
    assert publish_acts(settings) == 1
    recreate(services.kafka, topic)
    assert publish_acts(settings) == 0  # it may be on its way

    rows(history, "UPDATE history.decision_events SET published_at = now() - interval '11 minutes'")
    assert publish_acts(settings) == 1
    persist(history)
    rows(history, "UPDATE history.decision_events SET published_at = now() - interval '11 minutes'")

    assert publish_acts(settings) == 0
    assert len(rows(history, TOLD)) == 1
