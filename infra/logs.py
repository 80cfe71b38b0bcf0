"""Logs of a command: JSON lines for machines, readable lines on a terminal."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure_logging(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send what the loggers say to ``stream`` (stderr): readable if a terminal, else JSON lines.

    Values given with ``extra={...}`` become fields. Calling it again replaces the former settings.
    """
    stream = stream or sys.stderr
    output = logging.StreamHandler(stream)
    output.setFormatter(ReadableLines() if stream.isatty() else JsonLines())
    logging.basicConfig(handlers=[output], level=logging.WARNING, force=True)
    logging.getLogger("backstory").setLevel(level)


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, the extras, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Any value that JSON does not know is written as its text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class ReadableLines(logging.Formatter):
    """``12:00:01 INFO backstory.relay: text, key=value``."""

    def __init__(self) -> None:
        """Times are local: a person reads them."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The extras follow the message."""
        extras = (f", {name}={value}" for name, value in _extras(record).items())
        return super().formatMessage(record) + "".join(extras)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
