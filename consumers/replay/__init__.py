"""Replay: the topic read again into a table beside the live history, compared and swapped."""

from .agreed import Agreed
from .asked import Asked, Selection
from .comparing import Comparison, Difference, Digest, Month
from .estimating import Estimate, estimate_replay
from .old import OldHistory, drop_old_histories, old_histories
from .replaying import Replay, abandon_replay, replaying
from .status import ReplayStatus, replay_status

__all__ = [
    "Agreed",
    "Asked",
    "Comparison",
    "Difference",
    "Digest",
    "Estimate",
    "Month",
    "OldHistory",
    "Replay",
    "ReplayStatus",
    "Selection",
    "abandon_replay",
    "drop_old_histories",
    "estimate_replay",
    "old_histories",
    "replay_status",
    "replaying",
]
