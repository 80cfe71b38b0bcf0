"""What has arrived, in memory, as one run of the demo sees it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Lock
from typing import Any

Block = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A message in a Slack channel.

    Attributes:
        ts: what Slack names it by.
        blocks: as posted; empty when there is only text.
    """

    ts: str
    at: datetime
    channel: str
    text: str
    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True)
class Mailed:
    """A mail in one mailbox; ``to`` is the envelope's, which is where it really went."""

    number: int
    at: datetime
    to: str
    mail: EmailMessage

    @property
    def plain(self) -> str:
        """The part for programs without HTML; empty if there is none."""
        return _content(self.mail, "plain")

    @property
    def html(self) -> str:
        """The part with markup; empty if there is none."""
        return _content(self.mail, "html")

    @property
    def name(self) -> str:
        """Its Message-ID without the host: the delivery's id."""
        return str(self.mail["Message-ID"] or "").strip("<>").partition("@")[0]


class Inbox:
    """Takes messages from any thread; nothing is ever removed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._posts: list[Posted] = []
        self._mails: list[Mailed] = []

    @property
    def version(self) -> int:
        """Grows with each message."""
        return len(self._posts) + len(self._mails)

    @property
    def posts(self) -> list[Posted]:
        """In the order they were posted."""
        with self._lock:
            return list(self._posts)

    @property
    def mails(self) -> list[Mailed]:
        """In the order they came."""
        with self._lock:
            return list(self._mails)

    def post(self, channel: str, text: str, blocks: Sequence[Block], at: datetime) -> Posted:
        """Show a message in a channel."""
        with self._lock:
            ts = f"{at.timestamp():.0f}.{len(self._posts):06d}"
            posted = Posted(ts=ts, at=at, channel=channel, text=text, blocks=blocks)
            self._posts.append(posted)
        return posted

    def take(self, content: bytes, recipients: Sequence[str], at: datetime) -> None:
        """Put a mail into each recipient's mailbox."""
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        with self._lock:
            for to in recipients:
                self._mails.append(Mailed(number=len(self._mails), at=at, to=to, mail=mail))

    def channels(self) -> dict[str, list[Posted]]:
        """The messages of each channel, by the channels' names."""
        posts = self.posts
        names = sorted({posted.channel for posted in posts})
        return {name: [each for each in posts if each.channel == name] for name in names}

    def counts(self) -> dict[str, int]:
        """How many messages: ``slack #CHANNEL`` for each channel, ``email`` for all mailboxes."""
        counted = Counter(f"slack {posted.channel}" for posted in self.posts)
        return {**dict(sorted(counted.items())), "email": len(self.mails)}

    def received(self) -> Iterator[tuple[str, str, str]]:
        """Channel, target and the provider's name of every message, repeated ones repeatedly."""
        yield from (("slack", posted.channel, posted.ts) for posted in self.posts)
        yield from (("email", mailed.to, mailed.name) for mailed in self.mails)


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
