"""The SQL of verifying."""

from typing import Final

from ...statements import loader

statement = loader(__name__)

SCHEMA: Final = (
    statement("schema"),
    statement("windows"),
    statement("reports"),
    statement("accepted"),
    statement("grants"),
)
"""What makes the schema ``verify``, in this order; each can run again."""
