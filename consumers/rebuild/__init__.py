"""From the history back to a topic: its events in their order, as the records they were."""

from .progress import Progress, Rebuild, RebuildIncomplete, count_events, rebuilding
from .reading import RoutedEvent

__all__ = [
    "Progress",
    "Rebuild",
    "RebuildIncomplete",
    "RoutedEvent",
    "count_events",
    "rebuilding",
]
