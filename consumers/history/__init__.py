"""The insert-only history in Postgres: its schema, and the sink that writes it."""

from .migration import migrate
from .sink import HistorySink

__all__ = ["HistorySink", "migrate"]
