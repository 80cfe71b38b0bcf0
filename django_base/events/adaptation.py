"""What psycopg makes of a type's text on one of Django's connections; none is opened for it."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import abc, adapters
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.string import TextLoader

_INTERVAL: Final = re.compile(
    r"P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?"
)
_ALIASES: Final = {"char": "bpchar"}  # the type named "char" is another one


def loaded(kind: str, text: str, connection: BaseDatabaseWrapper) -> Any:
    """Return what psycopg makes of the text of a type of ``pg_catalog``, else the text itself.

    Raises:
        psycopg.DataError, ValueError: Python has no such value, as for ``infinity``.
    """
    if kind == "interval":
        return _interval(text)  # psycopg reads another style than ISO 8601
    zone = "" if settings.USE_TZ else str(connection.timezone_name)
    transformer = _transformer(zone)
    known = adapters.types.get(_ALIASES.get(kind, kind))
    if known is None:
        return text
    return transformer.get_loader(known.oid, Format.TEXT).load(text.encode())


@cache
def _transformer(zone: str) -> abc.Transformer:
    """Return psycopg's loaders as Django sets them up; times are naive in ``zone`` if given."""
    adapted = AdaptersMap(adapters)
    for network in ("inet", "cidr"):
        adapted.register_loader(network, TextLoader)
    if zone:
        adapted.register_loader("timestamptz", _naive_in(ZoneInfo(zone)))
    return Transformer(adapted)


def _naive_in(zone: ZoneInfo) -> type[TimestamptzLoader]:
    class NaiveLoader(TimestamptzLoader):
        """Loads an instant as the time on the clocks of a zone, as with ``USE_TZ = False``."""

        def load(self, data: abc.Buffer) -> datetime:
            return super().load(data).astimezone(zone).replace(tzinfo=None)

    return NaiveLoader


def _interval(text: str) -> timedelta:
    """Return an ISO 8601 interval: as with psycopg, a year has 365 days and a month 30."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    years, months, days, hours, minutes = (int(part or 0) for part in match.groups()[:5])
    return timedelta(
        days=years * 365 + months * 30 + days,
        hours=hours,
        minutes=minutes,
        microseconds=int(Decimal(match[6] or 0) * 1_000_000),
    )
