"""A server that answers as Slack does, on a port of its own."""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from infra.waiting import wait_until


@dataclass
class Answer:
    """What the server says next; ``silent`` says nothing until the client has gone."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False


OK = '{"ok": true, "ts": "1700000000.000100", "channel": "C1"}'


class SlackServer:
    """Answers in the order prepared, then always yes; keeps what it accepted.

    While ``down`` it says 503 to all.
    """

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.down = False
        self.accepted: list[dict[str, Any]] = []
        self.arrived_at: list[float] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "SlackServer":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, number: int) -> None:
        """Until so many messages were accepted."""
        assert wait_until(lambda: len(self.accepted) >= number, timeout_s=30)

    def _answer(self, body: bytes, content_type: str) -> Answer:
        self.arrived_at.append(time.monotonic())
        if self.down:
            return Answer(503, "{}")
        answer = self.answers.popleft() if self.answers else Answer(body=OK)
        if answer.status == 200 and '"ok": false' not in answer.body:
            self.accepted.append(_read(body, content_type))
        if answer.silent:
            self.released.wait(30)
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = slack._answer(body, self.headers.get("Content-Type", ""))
                if answer.silent:
                    return
                said = answer.body.encode()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler


def _read(body: bytes, content_type: str) -> dict[str, Any]:
    if content_type.startswith("application/json"):
        read: dict[str, Any] = json.loads(body)
        return read
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


@contextmanager
def running_slack() -> Iterator[SlackServer]:
    """A server for the time of a block."""
    with SlackServer() as server:
        yield server
