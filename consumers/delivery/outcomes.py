"""What a provider's answer means for a delivery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The provider has the message; ``provider_id`` is its name for it."""

    provider_id: str = ""


@dataclass(frozen=True)
class Temporary:
    """The provider did not take it, and may later: after ``retry_after_s`` if it said so."""

    reason: str
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Permanent:
    """The provider will never take it; ``reason`` is what it said."""

    reason: str


@dataclass(frozen=True)
class Uncertain:
    """The message was on its way when the answer failed to come: it may have been taken."""

    reason: str


Outcome = Accepted | Temporary | Permanent | Uncertain
