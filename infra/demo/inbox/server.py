"""The inbox's servers: HTTP for Slack's API and the page, SMTP for mail; on this machine only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ...embedded.ports import LOOPBACK
from .messages import Inbox
from .page import POLICY, Page
from .slack import SlackDesk

_API = "/api/chat.postMessage"


@dataclass(frozen=True)
class Post:
    """Where the inbox answers: ``http_port`` for Slack's clients and people, ``smtp_port``."""

    http_port: int
    smtp_port: int

    @property
    def url(self) -> str:
        """The page."""
        return f"http://{LOOPBACK}:{self.http_port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that make `backstory send` hand everything to the inbox."""
        return {
            "BACKSTORY_SLACK_URL": f"{self.url}/api/",
            "BACKSTORY_SLACK_TOKEN": "xoxb-of-the-demo",
            "BACKSTORY_SMTP_URL": f"smtp://{LOOPBACK}:{self.smtp_port}?tls=none",
            "BACKSTORY_MAIL_FROM": "Cap table <history@captable.example>",
        }


@contextmanager
def serve_inbox(inbox: Inbox, post: Post, site: str) -> Iterator[None]:
    """Take and show messages while inside. Raises OSError when a port is taken."""
    parts = {"inbox": inbox, "desk": SlackDesk(inbox), "page": Page(inbox, site)}
    handler = type("Handler", (_Handler,), parts)
    mail = Controller(_MailHandler(inbox), hostname=LOOPBACK, port=post.smtp_port)
    with ThreadingHTTPServer((LOOPBACK, post.http_port), handler) as web, ExitStack() as started:
        Thread(target=web.serve_forever, name="inbox", daemon=True).start()
        started.callback(web.shutdown)
        mail.start()
        started.callback(mail.stop)
        yield


class _MailHandler:
    """What aiosmtpd asks."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self._inbox.take(envelope.content, envelope.rcpt_tos, datetime.now(UTC))
        return "250 OK"


class _Handler(BaseHTTPRequestHandler):
    """Slack's API for POST, the page for GET."""

    protocol_version = "HTTP/1.1"
    inbox: Inbox
    desk: SlackDesk
    page: Page

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != _API:
            self._answer(200, "application/json", '{"ok": false, "error": "unknown_method"}')
            return
        try:
            asked: dict[str, Any] = json.loads(body)
        except ValueError:
            self._answer(200, "application/json", '{"ok": false, "error": "invalid_json"}')
            return
        answer = self.desk.post_message(self.headers.get("Authorization", ""), asked)
        self._answer(answer.status, "application/json", json.dumps(answer.said), answer.headers)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/":
            self._answer(200, "text/html", self.page.whole())
        elif path == "/messages":
            known = query == f"after={self.inbox.version}"
            self._answer(204 if known else 200, "text/html", "" if known else self.page.messages())
        elif found := self.page.static(path):
            self._answer(200, *found)
        else:
            self._answer(404, "text/plain", "There is only one page: /")

    def _answer(
        self, status: int, kind: str, content: str, headers: Mapping[str, str] | None = None
    ) -> None:
        body = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the terminal shows the run."""
