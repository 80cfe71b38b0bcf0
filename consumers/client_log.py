"""What the Kafka client says, without its repetitions."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Final

_AGAIN_S: Final = 60.0
_DIGITS: Final = re.compile(r"\d+")


class ClientLog:
    """Passes a line on, and the same one (but for its numbers) again after a minute at most.

    The client tries a broker that is away twenty times a second, and tells of each time.
    """

    def __init__(
        self, logger: logging.Logger, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._clock = clock
        self._said: dict[str, float] = {}

    def log(self, level: int, message: str, *values: object) -> None:
        """Log as the standard library does; the client calls this and nothing else."""
        line = _DIGITS.sub("0", message % values if values else message)
        now = self._clock()
        if now - self._said.get(line, -_AGAIN_S) >= _AGAIN_S:
            self._said[line] = now
            self._logger.log(level, message, *values)
