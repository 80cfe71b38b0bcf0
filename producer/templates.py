"""What repeats in the comments of an application's requests, encoded once.

Nearly all of a comment is that of the visitor's last request: only a few values are new each time.
They are cut out, what remains is read and encoded once with stand-ins in their places, and the
values are put back. Reading the whole anew costs three times as much.
"""

from __future__ import annotations

import re
import secrets
from typing import Final, NamedTuple

_LONGEST: Final = 1_500  # characters of a comment; bounds what the cache holds
# Values that mean themselves: no escape but that of a slash, shorter than any bound on length.
_NEW_EACH_TIME: Final = re.compile(
    r"',(path|request|traceparent|action_id|parent_action_id|cause)='([0-9A-Za-z_.~%-]{1,200})(?=')"
)
_STAND_INS: Final = tuple(secrets.token_hex(16) for _ in range(6))


class Cut(NamedTuple):
    """A comment without the values that are new each time.

    Attributes:
        texts: what stands around them, one more than keys.
        keys: whose values they are.
        values: decoded; they need no escape in JSON either.
    """

    texts: tuple[str, ...]
    keys: tuple[str, ...]
    values: list[str]

    def value(self, key: str, otherwise: str) -> str:
        """Return the value that was cut out for a key, if one was."""
        return self.values[self.keys.index(key)] if key in self.keys else otherwise


class Template(NamedTuple):
    """Encoded pieces, and which of a cut's values comes after each but the last."""

    pieces: tuple[bytes, ...]
    order: tuple[int, ...]

    def filled(self, values: list[str]) -> bytes:
        """Return the encoding with these values in their places."""
        parts = [self.pieces[0]]
        for index, piece in zip(self.order, self.pieces[1:], strict=True):
            parts += (values[index].encode(), piece)
        return b"".join(parts)


def cut(comment: str) -> Cut | None:
    """Take out what is new each time; None when the comment is long or out of the ordinary."""
    if len(comment) > _LONGEST or "reason='" in comment:
        return None
    parts = _NEW_EACH_TIME.split(comment)
    values = [value.replace("%2F", "/") for value in parts[2::3]]
    if not 0 < len(values) <= len(_STAND_INS) or "%" in "".join(values):
        return None
    return Cut(tuple(parts[0::3]), tuple(parts[1::3]), values)


def with_stand_ins(texts: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """Return the comment that was cut, with stand-ins for its values."""
    pairs = zip(keys, _STAND_INS, texts[1:], strict=False)
    return texts[0] + "".join(f"',{key}='{value}{text}" for key, value, text in pairs)


def template_of(encoded: bytes, count: int) -> Template | None:
    """Split what a comment with stand-ins became; None unless each of them is in it just once.

    A key given twice, or one that is only the end of a longer word, does not come through.
    """
    stand_ins = [each.encode() for each in _STAND_INS[:count]]
    if any(encoded.count(each) != 1 for each in stand_ins):
        return None
    order = sorted(range(count), key=lambda index: encoded.index(stand_ins[index]))
    pieces = []
    for index in order:
        piece, _, encoded = encoded.partition(stand_ins[index])
        pieces.append(piece)
    return Template((*pieces, encoded), tuple(order))
