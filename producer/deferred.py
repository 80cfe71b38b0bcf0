"""Whose the rows are that deferred triggers wrote at COMMIT, where no comment can stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from .rows import OutboxRow

AT_COMMIT: Final = "*/commit"  # what the default of the column context says of them

Earlier = Callable[[Sequence[int], int], Mapping[int, str | None]]


def of_transactions(rows: list[OutboxRow], earlier: Earlier | None = None) -> list[OutboxRow]:
    """Return the rows, those written at COMMIT with the context of the last row before them.

    That is the last of the same transaction. Where there is none, or it is an outside change, they
    are outside changes, too: nobody is made up for them.

    Args:
        earlier: asked at most once for the last contexts of transactions before a number, where a
            page begins in the middle of one.
    """
    if not any(row.context == AT_COMMIT for row in rows):
        return rows
    first = {row.xid: row.context for row in reversed(rows)}
    begun = sorted(xid for xid, context in first.items() if context == AT_COMMIT)
    last = dict(earlier(begun, rows[0].seq)) if begun and earlier else {}
    found = []
    for row in rows:
        if row.context == AT_COMMIT:
            row = msgspec.structs.replace(row, context=last.get(row.xid))
        last[row.xid] = row.context
        found.append(row)
    return found
