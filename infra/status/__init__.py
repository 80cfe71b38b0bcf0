"""How an installation is doing: its servers, what waits where, and what could not be used."""

from .gathering import gather
from .report import DeadLetters, GroupState, OutboxState, Report, ServerState

__all__ = ["DeadLetters", "GroupState", "OutboxState", "Report", "ServerState", "gather"]
