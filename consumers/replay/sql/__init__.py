"""Replay's SQL. All that is under way lives in the schema ``history_replay`` and ends with it."""

from typing import Final

from ...statements import loader

statement = loader(__name__)

SCHEMA: Final = tuple(
    statement(name)
    for name in (
        "replayer_role",
        "schema",
        "state",
        "places",
        "rejected",
        "events",
        "moved_text",
        "add_partitions",
        "build_indexes",
        "remove_repeated",
        "set_aside_long",
        "copy_guards",
        "copy_rights",
        "obstacles",
        "swap",
        "grants",
    )
)
"""What makes the schema, in this order; each can run again."""
