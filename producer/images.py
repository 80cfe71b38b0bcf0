"""Row images: JSON arrays of row objects, taken apart without touching their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Raw

Image = dict[str, Raw]
Pair = tuple[Image | None, Image | None]

_images: Final = msgspec.json.Decoder(list[Image])
_text: Final = msgspec.json.Decoder(str)


def pairs_of(old: bytes | None, new: bytes | None, key: Sequence[str]) -> list[Pair]:
    """Return each row's image before and after.

    Both arrays are in the same order. When their lengths differ (a trigger swallowed a row) they
    are paired by key, in the order of the new ones, what remains of the old ones last.

    Raises:
        msgspec.DecodeError: the arrays are no arrays of JSON objects, or nested too deep.
    """
    before = _decoded(old) if old else []
    after = _decoded(new) if new else []
    if not before:
        return [(None, image) for image in after]
    if not after:
        return [(image, None) for image in before]
    if len(before) == len(after):
        return list(zip(before, after, strict=True))
    return _paired_by_key(before, after, key)


def _decoded(images: bytes) -> list[Image]:
    try:
        return _images.decode(images)
    except RecursionError as error:  # PostgreSQL takes JSON of any depth
        raise msgspec.DecodeError("a row holds JSON that is nested too deep") from error


def _paired_by_key(before: list[Image], after: list[Image], key: Sequence[str]) -> list[Pair]:
    waiting = {_key(image, key): image for image in before}
    pairs: list[Pair] = [(waiting.pop(_key(image, key), None), image) for image in after]
    return pairs + [(image, None) for image in waiting.values()]


def _key(image: Image, key: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(bytes(image[column]) for column in key)


def text_of(value: Raw) -> str:
    """Return a JSON scalar as text: a string without its quotes, anything else as it is written."""
    written = bytes(value)
    return _text.decode(written) if written[:1] == b'"' else written.decode()
