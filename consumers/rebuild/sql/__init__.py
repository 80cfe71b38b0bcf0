"""The SQL of rebuilding a topic."""

from typing import Final

from ...statements import loader

statement = loader(__name__)

SCHEMA: Final = (statement("rebuilds"),)
"""What makes the table of progress; it can run again."""
