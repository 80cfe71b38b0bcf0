"""Quiet hours: when nothing goes out unless it is urgent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import InvalidNotification


class QuietHours:
    """From one time of the day to another, over midnight too, in a zone.

        QuietHours("20:00", "07:30", "Europe/Lisbon")

    Raises InvalidNotification for what is no time or zone, or for a day that never ends.
    """

    def __init__(self, begin: str, end: str, zone: str = "UTC") -> None:
        try:
            self._begin, self._end = time.fromisoformat(begin), time.fromisoformat(end)
            self._zone = ZoneInfo(zone)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise InvalidNotification(
                f"quiet hours from {begin!r} to {end!r} in {zone!r} cannot be read: write "
                "'20:00', '07:30', 'Europe/Lisbon'"
            ) from error
        if self._begin == self._end:
            raise InvalidNotification(f"quiet hours from {begin!r} to {end!r} would never end")

    def over_at(self, moment: datetime) -> datetime:
        """Return when a message of this moment may go out: then, or when the quiet has ended."""
        local = moment.astimezone(self._zone)
        now = local.time()
        if self._begin < self._end:
            quiet = self._begin <= now < self._end
        else:
            quiet = now >= self._begin or now < self._end
        if not quiet:
            return moment
        tomorrow = now >= self._end
        day = local.date() + timedelta(days=tomorrow)
        return datetime.combine(day, self._end, self._zone).astimezone(moment.tzinfo)
