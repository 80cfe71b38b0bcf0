"""Whether the history is complete: the ledger's windows against its rows."""

from .accepting import accept
from .reading import Ledger
from .report import Report, keep_report
from .topic import WindowsOnTopic
from .verifying import Verifier, verifying
from .windows import Judged, State, Told

__all__ = [
    "Judged",
    "Ledger",
    "Report",
    "State",
    "Told",
    "Verifier",
    "WindowsOnTopic",
    "accept",
    "keep_report",
    "verifying",
]
