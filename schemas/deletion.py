"""The mark of a deletion in the comment in front of a statement, and back.

Statements that void, restore or delete rows on purpose carry it before the context's own keys, as
``deletion`` or ``hard_deletion`` and ``through``; guards in the database let only those pass.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID

_MARK: Final = re.compile(r"(?<![a-z_])(deletion|hard_deletion|through)\s{0,4}=\s{0,4}'([^'\\]*)'")


class DeletionMark(NamedTuple):
    """What a statement says of the deletion it belongs to.

    Attributes:
        deletion: id of the deletion, a UUID as text.
        hard: whether rows are removed for good.
        through: columns that hold the key of the row whose deletion took this one, each with the
            label of the model whose row that is; the first that holds one tells.
    """

    deletion: str
    hard: bool = False
    through: tuple[tuple[str, str], ...] = ()


def mark_comment(comment: str, mark: DeletionMark) -> str:
    """Return a context's comment, or an empty one, with the mark in front; percent is plain."""
    key = "hard_deletion" if mark.hard else "deletion"
    pairs = [f"{key}='{quote(mark.deletion, safe='')}'"]
    if mark.through:
        through = (quote(f"{column}:{label}", safe=":") for column, label in mark.through)
        pairs.append(f"through='{','.join(through)}'")
    rest = comment.removeprefix("/*")
    return f"/*{','.join(pairs)}{',' + rest if rest else '*/'}"


def mark_from_comment(text: str) -> DeletionMark | None:
    """Return the mark of a comment, None where it has none that is whole. Never raises."""
    said = dict(_MARK.findall(text.partition("*/")[0]))
    hard = "hard_deletion" in said
    try:
        deletion = str(UUID(said["hard_deletion" if hard else "deletion"]))
    except (KeyError, ValueError):
        return None
    columns = [unquote(each).rpartition(":") for each in said.get("through", "").split(",")]
    return DeletionMark(
        deletion, hard, tuple((column, label) for column, _, label in columns if column and label)
    )
