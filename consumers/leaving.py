"""Leaves a consumer group, and waits for that no longer than a limit."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Final, Protocol

logger = logging.getLogger("backstory.consumers")

_LIMIT_S: Final = 5.0


class Leaving(Protocol):
    """A client of a group."""

    def close(self) -> None:
        """Leave it; may never come back."""


def leave(client: Leaving, *, limit_s: float = _LIMIT_S) -> None:
    """Close a client; one that has not ended in time is left behind, and the group expires it.

    librdkafka's close waits for a rebalance to settle, and has been seen to wait for ever: without
    a limit a process that has nothing left to do would never end.
    """
    thread = Thread(target=client.close, name="leave", daemon=True)
    thread.start()
    thread.join(limit_s)
    if thread.is_alive():
        logger.warning("the consumer group was not left within %.0f s; it will notice", limit_s)
