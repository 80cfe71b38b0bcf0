"""Decisions: kept with their reason, and as they were made."""

import psycopg
import pytest
from psycopg import errors

from consumers.decisions import Decision, keep_decision
from tests.consumers.observing import rows

DECISION = Decision(kind="carried over", actor="ann", reason="expired", facts={"rows": 3})


@pytest.fixture
def decided(history: str) -> str:
    """A history in which one decision was made, by whoever may only write."""
    with psycopg.connect(history) as connection:
        connection.execute("SET ROLE backstory_writer")
        keep_decision(connection, DECISION)
    return history


def test_decision_is_kept_with_who_why_and_what(decided: str):
    """What was skipped must be explained to whoever asks in five years."""
    kept = rows(decided, "SELECT kind, actor, reason, facts FROM history.decisions")
    assert kept == [("carried over", "ann", "expired", {"rows": 3})]


@pytest.mark.parametrize("change", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_decision_cannot_be_changed(decided: str, change: str):
    """By nobody, as the events."""
    with pytest.raises(errors.InsufficientPrivilege, match="insert-only"):
        rows(decided, change.format("history.decisions"))


def test_decision_without_a_reason_is_refused(history: str):
    """The database insists, whoever writes."""
    with psycopg.connect(history) as connection, pytest.raises(errors.CheckViolation):
        keep_decision(connection, Decision(kind="skipped", actor="ann", reason=""))
