"""A broker in a folder, for one machine without Redis or RabbitMQ: each message is a file.

Kombu has one of its own, ``filesystem://``. There a file appears before it is written and a worker
that finds it still empty dies; so does one whose folder is gone. Here a message appears as a whole
and belongs to the worker that removed it; a folder that is gone is an empty one. A message is gone
with its worker: this is for those who ask again, as the sweeper does.
"""

from __future__ import annotations

from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any, Final
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, virtual
from kombu.utils.json import dumps, loads

SCHEME: Final = "folder"
_WHOLE: Final = ".message"


class Channel(virtual.Channel):
    """One folder a queue, in the folder that the transport option ``folder`` names."""

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        folder = self._folder(queue)
        folder.mkdir(parents=True, exist_ok=True)
        written = folder / f"{time_ns():020}-{uuid4().hex}"
        written.write_text(dumps(message))  # type: ignore[no-untyped-call]
        written.rename(written.with_suffix(_WHOLE))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for file in self._messages(queue):
            try:
                text = file.read_text()
                file.unlink()  # of all workers that have read it, one succeeds
            except FileNotFoundError:
                continue
            message: dict[str, Any] = loads(text)  # type: ignore[no-untyped-call]
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._messages(queue)
        for file in messages:
            file.unlink(missing_ok=True)
        return len(messages)

    def _messages(self, queue: str) -> list[Path]:
        """The oldest first."""
        folder = self._folder(queue)
        try:
            return sorted(file for file in folder.iterdir() if file.suffix == _WHOLE)
        except FileNotFoundError:
            return []

    def _folder(self, queue: str) -> Path:
        options = self.connection.client.transport_options
        return Path(options["folder"]) / queue


class Transport(virtual.Transport):
    """What Kombu knows as ``folder://``."""

    Channel = Channel
    driver_type = driver_name = SCHEME
    global_state = virtual.BrokerState()  # type: ignore[no-untyped-call]

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)  # type: ignore[no-untyped-call]
        self.state = self.global_state

    def driver_version(self) -> str:
        """There is no driver."""
        return ""


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
