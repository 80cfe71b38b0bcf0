"""A Slack and a mail server of the demo's own, and one page that shows what they were given."""

from .messages import Inbox
from .server import Post, serve_inbox

__all__ = ["Inbox", "Post", "serve_inbox"]
