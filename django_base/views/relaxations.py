"""What a view may leave away of the rules, each with the reason why."""

from dataclasses import dataclass
from typing import Final, Literal

from schemas import ConfigurationError

Kind = Literal["public", "any_member", "accepts_any"]


@dataclass(frozen=True)
class Relaxed:
    """One rule that a view leaves away.

    Attributes:
        kind: ``public`` asks for no session, no reach and no permission; ``any_member`` for no
            permission; ``accepts_any`` lets in parameters and a body that nobody declared.
        reason: why, for those who read the list of URLs.
    """

    kind: Kind
    reason: str


def public(*, reason: str) -> Relaxed:
    """Let everybody in, without a session. What the view names must still be there."""
    return Relaxed("public", _told("public", reason))


def accepts_any(*, reason: str) -> Relaxed:
    """Let in a query and a body that nobody declared, as a webhook needs it."""
    return Relaxed("accepts_any", _told("accepts_any", reason))


any_member: Final = Relaxed("any_member", "whoever reaches the entity may see it")
"""Let in whoever reaches the entity; where a view has none, whoever has a session."""


def _told(name: str, reason: str) -> str:
    if not isinstance(reason, str) or not reason.strip():
        raise ConfigurationError([f"{name}() has reason = {reason!r}: say why, as text"])
    return reason
