"""Turns what a client sent as a key into a value of the key's field, or says that it is none."""

import re
from functools import cache
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connections, models, router

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,19})", re.ASCII)


class Malformed(ValueError):  # noqa: N818
    """What was sent can be no key: nothing in the database could have it."""


def key_of(field: Any, sent: Any) -> Any:
    """Return a key as the database holds it; each key has one spelling only.

    Raises:
        Malformed: a number that overflows its column, a text with NUL or half a surrogate pair, one
            longer than its column, a value of another kind.
    """
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(sent, bool | float | list | dict) or sent is None:
        raise Malformed
    if isinstance(sent, str) and not is_storable(sent):
        raise Malformed
    if isinstance(field, models.IntegerField):
        return _whole(field, sent)
    if not isinstance(sent, str) and isinstance(field, models.CharField | models.UUIDField):
        sent = str(sent)
    try:
        key = field.to_python(sent)
        hash(key)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise Malformed from error
    if field.max_length is not None and isinstance(key, str) and len(key) > field.max_length:
        raise Malformed
    return key


def _whole(field: Any, sent: Any) -> int:
    if isinstance(sent, str) and not _WHOLE.fullmatch(sent):
        raise Malformed
    number = int(sent)
    least, most = _range_of(field)
    if (least is not None and number < least) or (most is not None and number > most):
        raise Malformed
    return number


@cache
def _range_of(field: Any) -> tuple[int | None, int | None]:
    """Return what the column of a whole number holds."""
    operations = connections[router.db_for_read(field.model)].ops
    return operations.integer_field_range(field.get_internal_type())


def is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)
