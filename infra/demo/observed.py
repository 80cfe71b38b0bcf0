"""An event as the history holds it, in the shape the judging needs."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

CREATED, UPDATED, DELETED = "model.created", "model.updated", "model.deleted"
CHANGES = frozenset({CREATED, UPDATED, DELETED, "model.voided", "model.restored"})
TRUNCATED = "table.truncated"

Key = tuple[str, str]  # model label, object id


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """One row of ``history.events``.

    Attributes:
        order: (source, sequence, position), the order of writes.
        place: (topic, partition, offset), the order of arrival.
        before, after: field values; numbers as int or Decimal.
    """

    id: str
    type: str
    order: tuple[str, int, int]
    place: tuple[str, int, int] = ("", 0, 0)
    model: str = ""
    object_id: str = ""
    trace: str = ""
    actor: str = ""
    action: str = ""
    reason: str = ""
    path: str = ""
    origin: str = ""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    masked: tuple[str, ...] = ()
    previous: Key | None = None
    occurred_at: datetime | None = None

    @property
    def key(self) -> Key:
        """The object it is about."""
        return self.model, self.object_id

    def __str__(self) -> str:
        about = f" of {self.model}/{self.object_id}" if self.model else ""
        return f"{self.type}{about} ({self.id}, sequence {self.order[1]}.{self.order[2]})"


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; a number equals its text, 2.5 equals 2.50."""
    if one == other:
        return True
    numbers = [isinstance(value, int | Decimal) for value in (one, other)]
    return any(numbers) and not all(numbers) and _number(one) == _number(other)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
