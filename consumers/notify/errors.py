"""What can be wrong with a rule or with what it says."""

from __future__ import annotations

from schemas import EventError


class InvalidNotification(EventError):  # noqa: N818
    """A rule said something nobody can be told: a wrong target, time or template."""


class RuleFailed(EventError):  # noqa: N818
    """A rule raised, or what it returned cannot be sent; the event goes to the dead letters."""

    def __init__(self, rule: str, cause: Exception) -> None:
        super().__init__(
            f"rule {rule!r} failed with {type(cause).__name__}: {cause}; mend it, look with "
            "`backstory rules try EVENT_ID`, then `backstory dead retry`"
        )
        self.rule = rule
