"""The time, for what takes a clock as an argument."""

from datetime import UTC, date, datetime


def now_utc() -> datetime:
    """The time."""
    return datetime.now(UTC)


def today_utc() -> date:
    """The date in UTC."""
    return now_utc().date()
