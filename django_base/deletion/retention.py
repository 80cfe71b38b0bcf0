"""How long void rows are kept before they may be purged."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from schemas import ConfigurationError

_FORM: Final = re.compile(r"(\d{1,5})\s*(d|days?|weeks?|months?|y|years?)")
_DAYS: Final = {"d": 1, "w": 7}
_MONTHS: Final = {"m": 1, "y": 12}
FOREVER: Final = "forever"


class Retention(NamedTuple):
    """A time by the calendar; ``None`` for both is for ever."""

    months: int | None
    days: int | None

    @classmethod
    def of(cls, text: str) -> Self:
        """Read ``90d``, ``90 days``, ``6 months``, ``7 years`` or ``forever``.

        Raises:
            ConfigurationError: it says something else.
        """
        if text.strip() == FOREVER:
            return cls(None, None)
        found = _FORM.fullmatch(text.strip().lower())
        if found is None:
            raise ConfigurationError(
                [f"{text!r} is no time to keep: say '90 days', '6 months', '7 years' or 'forever'"]
            )
        number, unit = int(found[1]), found[2][0]
        return cls(_MONTHS.get(unit, 0) * number, _DAYS.get(unit, 0) * number)

    def before(self, now: datetime) -> datetime | None:
        """Return since when what was voided is to be kept; None for whatever was ever voided."""
        if self.months is None or self.days is None:
            return None
        try:
            months = now.year * 12 + now.month - 1 - self.months
            year, month = divmod(months, 12)
            day = min(now.day, monthrange(year, month + 1)[1])
            return now.replace(year=year, month=month + 1, day=day) - timedelta(days=self.days)
        except (ValueError, OverflowError):  # before there were calendars
            return None
