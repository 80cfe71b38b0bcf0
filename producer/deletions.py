"""What a statement's comment says of the deletion its changes belong to."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Raw, UnsetType
from msgspec.structs import replace

from schemas import Change, DeletionMark, mark_from_comment

from .identity import hashed, subject_of
from .images import Image, text_of
from .registry import Registry
from .shapes import Shape

_OURS: Final = ("deletion='", "hard_deletion='", "through='")
_NULL: Final = Raw(b"null")


def mark_of(comment: str | None) -> DeletionMark | None:
    """Return the mark of a comment; most have none."""
    return mark_from_comment(comment) if comment and "deletion" in comment else None


def without_mark(comment: str) -> str:
    """Return a comment without the mark that we put in front.

    It is new for each deletion; what remains repeats, and is read and encoded once.
    """
    while comment.startswith(_OURS):
        _, _, comment = comment.partition("',")
    return comment


def with_deletion(payload: Change, mark: DeletionMark, because_of: str | UnsetType) -> Change:
    """Return what is told of a change, and the deletion it belongs to.

    The row's own flag, where it was told already, is the better witness.
    """
    deletion = mark.deletion if payload.deletion is UNSET else payload.deletion
    return replace(payload, deletion=deletion, because_of=because_of)


def taken_by(mark: DeletionMark, image: Image, shape: Shape, registry: Registry) -> str | UnsetType:
    """Return the subject of the row whose deletion led to this one's; UNSET where none is known.

    A value that is not published unhashed, or not at all, is not published here either.
    """
    for column, label in mark.through:
        value = image.get(column)
        if value is None or value == _NULL or column in shape.unknown:
            continue
        text = text_of(value)
        is_held_back = column in shape.masked or column in shape.personal
        subject = subject_of(label, [hashed(shape.source, text) if is_held_back else text])
        return registry.told(subject)
    return UNSET
