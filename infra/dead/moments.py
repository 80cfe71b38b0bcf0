"""A moment on the command line: a date, a time, or so long ago."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

_AGO: Final = re.compile(r"(\d+)(min|h|d)")
_UNITS: Final = {"min": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType):
    """``30min``, ``2h``, ``7d`` ago, or ISO 8601, in UTC unless it names another zone."""

    name = "moment"

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Raises click.BadParameter with examples."""
        if isinstance(value, datetime):
            return value
        if ago := _AGO.fullmatch(value):
            return self._now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment: write 2h, 7d, 2026-11-22 or 2026-11-22T09:30")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
