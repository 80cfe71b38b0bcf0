"""The history's SQL."""

from typing import Final

from ..statements import loader

statement = loader(__name__)

SCHEMA: Final = tuple(
    statement(name)
    for name in (
        "schema",
        "writer_role",
        "refuse_change",
        "first_id",
        "events",
        "add_ledger_window",
        "indexes",
        "default_partition",
        "add_months",
        "guard_events",
        "as_jsonb",
        "event_details",
        "offsets",
        "dead_letters",
        "dead_letter_acts",
        "decisions",
        "guard_decisions",
        "decision_events",
        "grants",
    )
)
"""What makes the schema, in this order; each can run again."""
