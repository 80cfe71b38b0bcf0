"""Who is told: a channel and an address in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Final

from .errors import InvalidNotification

SLACK: Final = "slack"
EMAIL: Final = "email"
CHANNELS: Final = (SLACK, EMAIL)


@dataclass(frozen=True)
class Target:
    """One address in one channel. Its repr tells no address: such lines end up in logs."""

    channel: str
    address: str = field(repr=False)


def slack(channel: str) -> Target:
    """A Slack channel (``#ops``, ``C0123ABCD``) or person (``U0123ABCD``).

    Raises InvalidNotification for an empty name or one with spaces.
    """
    if not channel or any(character.isspace() for character in channel):
        raise InvalidNotification(
            f"{channel!r} names no Slack channel: write '#ops' or 'C0123ABCD'"
        )
    return Target(SLACK, channel)


def email(address: str) -> Target:
    """A mailbox (``legal@example.com``).

    Raises InvalidNotification for what cannot be one (RFC 5322, addr-spec), without repeating it.
    """
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError) as error:
        raise InvalidNotification("an e-mail address is malformed: write 'name@host'") from error
    if not parsed.username or not parsed.domain:
        raise InvalidNotification("an e-mail address lacks its name or host: write 'name@host'")
    return Target(EMAIL, address)


def target_from(text: str) -> Target:
    """Read ``slack:#ops`` or ``email:ops@example.com``; raise InvalidNotification otherwise."""
    channel, colon, address = text.partition(":")
    make = {SLACK: slack, EMAIL: email}.get(channel.strip())
    if not colon or make is None:
        raise InvalidNotification(
            "a target has no known channel: write 'slack:#ops' or 'email:ops@example.com'"
        )
    return make(address.strip())
