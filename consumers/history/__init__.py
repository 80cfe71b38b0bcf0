"""The insert-only history in Postgres: how its rows are made, and the sink that writes it."""

from .sink import HistorySink
from .writing import Kept

__all__ = ["HistorySink", "Kept"]
