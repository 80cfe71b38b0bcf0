"""Commands in processes of their own, asked over HTTP how they are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from infra.embedded.ports import free_port
from infra.waiting import wait_until


class Asked:
    """A process, asked over HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON; 0 and nothing while nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def becomes_ready(self) -> bool:
        return wait_until(lambda: self.ask("/ready")[0] == 200, timeout_s=60, every_s=0.2)

    def becomes_unready(self, reason: str) -> bool:
        """Whether it says no, and why, within a while."""

        def unready() -> bool:
            status, told = self.ask("/ready")
            return status == 503 and reason in told["reason"]

        return wait_until(unready, timeout_s=60, every_s=0.2)


@contextmanager
def running(env: dict[str, str], *words: str) -> Iterator[tuple[subprocess.Popen[bytes], Asked]]:
    """The command in a process of its own, with a port to ask it."""
    asked = Asked(free_port())
    command = [sys.executable, "-m", "infra.cli", *words]
    process = subprocess.Popen(
        command,
        env={**os.environ, **env, "BACKSTORY_HEALTH_PORT": str(asked.port)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, asked
    finally:
        process.kill()
        process.wait()
