"""The page: every channel and the mailboxes, as a person would see them."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .messages import Inbox
from .words import plain_html, slack_html

_HERE: Final = Path(__file__).parent
_SHOWN: Final = 60  # of each channel, and of the mails
_STATIC: Final = {"/inbox.css": "text/css", "/inbox.js": "text/javascript"}

# Nothing from elsewhere, no script but ours: a message may hold anybody's markup.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Page:
    """Shows an inbox. ``site`` is where the links of the messages lead."""

    def __init__(self, inbox: Inbox, site: str) -> None:
        self._inbox = inbox
        self._site = site
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(slack=slack_html, plain=plain_html, words=_text)

    def whole(self) -> str:
        """The page."""
        return self._render("page.html")

    def messages(self) -> str:
        """What changes on it."""
        return self._render("messages.html")

    @staticmethod
    def static(path: str) -> tuple[str, str] | None:
        """Kind and content of a file that the page needs; None for any other path."""
        if path not in _STATIC:
            return None
        return _STATIC[path], (_HERE / "static" / path[1:]).read_text()

    def _render(self, name: str) -> str:
        version = self._inbox.version
        channels = {
            channel: (len(posts), posts[: -_SHOWN - 1 : -1])
            for channel, posts in self._inbox.channels().items()
        }
        mails = self._inbox.mails
        return self._templates.get_template(name).render(
            version=version,
            channels=channels,
            mails=mails[: -_SHOWN - 1 : -1],
            mailed=len(mails),
            site=self._site,
        )


def _text(part: object) -> Markup:
    """A text object of a block: plain, or with Slack's marks."""
    if not isinstance(part, dict):
        return Markup()
    text = part.get("text", "")
    return slack_html(text) if part.get("type") == "mrkdwn" else Markup.escape(str(text))
