"""Slack's side of ``chat.postMessage``: what it takes, what it refuses, and in which words.

Source: https://docs.slack.dev/reference/methods/chat.postMessage,
https://docs.slack.dev/reference/block-kit/blocks (limits)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final

from .messages import Inbox

MOST_BLOCKS: Final = 50
LONGEST_TEXT: Final = {"header": 150, "section": 3_000}
AT_ONCE: Final = timedelta(seconds=0.5)
"""Slack allows one message a second and channel, and bears short bursts: half of it here."""


@dataclass(frozen=True)
class Answer:
    """Status, JSON and further headers."""

    status: int
    said: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def _now() -> datetime:
    return datetime.now(UTC)


class SlackDesk:
    """Answers requests as Slack does, and puts what it takes into the inbox."""

    def __init__(self, inbox: Inbox, *, now: Callable[[], datetime] = _now) -> None:
        self._inbox = inbox
        self._now = now
        self._lock = Lock()
        self._last: dict[str, datetime] = {}

    def post_message(self, authorization: str, asked: Mapping[str, Any]) -> Answer:
        """Answer one call; ``asked`` is its JSON."""
        channel, text = str(asked.get("channel", "")), str(asked.get("text") or "")
        blocks = asked.get("blocks") or []
        if not authorization.startswith("Bearer "):
            return _refused("not_authed")
        if not channel.startswith(("#", "C", "U", "D")):
            return _refused("channel_not_found")
        if not (text or blocks):
            return _refused("no_text")
        if not _fits(blocks):
            return _refused("invalid_blocks")
        now = self._now()
        if not self._has_room(channel, now):
            limited = {"ok": False, "error": "ratelimited"}
            return Answer(429, limited, {"Retry-After": "1"})
        posted = self._inbox.post(channel, text, blocks, now)
        return Answer(200, {"ok": True, "channel": channel, "ts": posted.ts})

    def _has_room(self, channel: str, now: datetime) -> bool:
        with self._lock:
            last = self._last.get(channel)
            if last is not None and now - last < AT_ONCE:
                return False
            self._last[channel] = now
            return True


def _refused(error: str) -> Answer:
    return Answer(200, {"ok": False, "error": error})


def _fits(blocks: Any) -> bool:
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        return False
    return all(isinstance(block, dict) and _block_fits(block) for block in blocks)


def _block_fits(block: Mapping[str, Any]) -> bool:
    text = block.get("text") or {}
    longest = LONGEST_TEXT.get(block.get("type", ""), LONGEST_TEXT["section"])
    return isinstance(text, dict) and len(str(text.get("text", ""))) <= longest
