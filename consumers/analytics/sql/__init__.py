"""The analytics' SQL."""

from typing import Final

from ...statements import loader

statement = loader(__name__)

SCHEMA: Final = tuple(statement(name) for name in ("values", "windows", "progress", "grants"))
"""What makes the schema, in this order; each can run again."""
