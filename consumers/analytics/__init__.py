"""Numbers while they happen: windows over the events, kept exact by the history."""

from .facts import Facts, facts_of
from .live import LiveNumbers, live_numbers
from .measures import Funnel
from .reconciling import recompute, reconcile, touch
from .settings import AnalyticsSettings
from .windows import MINUTE, Window, Windows

__all__ = [
    "MINUTE",
    "AnalyticsSettings",
    "Facts",
    "Funnel",
    "LiveNumbers",
    "Window",
    "Windows",
    "facts_of",
    "live_numbers",
    "recompute",
    "reconcile",
    "touch",
]
