"""From what people write to HTML that is safe to show: Slack's mrkdwn, and plain text.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from html import escape, unescape
from typing import Final

from markupsafe import Markup

_LINK: Final = re.compile(r"(<[^<>\n]+>|https?://[^\s<>|]+)")
_STYLES: Final = tuple(
    (re.compile(rf"(?<![\w{mark}]){mark}(\S|\S[^\n]*?\S){mark}(?![\w{mark}])"), tag)
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"), ("`", "code"))
)


def slack_html(text: object) -> Markup:
    """Slack's text as Slack shows it; markup of HTML in it stays text."""
    return _joined(str(text), styled=True)


def plain_html(text: object) -> Markup:
    """Plain text as a mail program shows it: lines as they are, addresses of pages to click on."""
    return _joined(str(text), styled=False)


def _joined(text: str, *, styled: bool) -> Markup:
    pieces = []
    for number, piece in enumerate(_LINK.split(text)):
        if number % 2 and not piece.startswith("<"):
            pieces.append(_anchor(piece, piece))
        elif number % 2 and styled:
            pieces.append(_bracketed(piece[1:-1]))
        else:
            pieces.append(_styled(piece) if styled else escape(piece))
    return Markup("".join(pieces))  # noqa: S704 - each piece was escaped


def _styled(text: str) -> str:
    html = escape(unescape(text))
    for pattern, tag in _STYLES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return html


def _bracketed(inside: str) -> str:
    """What stands between < and >: a link, or a mention of somebody."""
    target, bar, label = unescape(inside).partition("|")
    if target.startswith(("http://", "https://", "mailto:")):
        return _anchor(target, label if bar else target)
    return f"<mark>{escape(label if bar else target)}</mark>"


def _anchor(target: str, label: str) -> str:
    return f'<a href="{escape(target)}" target="_blank" rel="noreferrer">{escape(label)}</a>'
