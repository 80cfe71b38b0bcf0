"""Where a page can end without parting a statement from what its triggers wrote."""

from __future__ import annotations

from collections.abc import Sequence

from .rows import OutboxRow


def may_go_on(rows: Sequence[OutboxRow], depths: Sequence[int]) -> int | None:
    """Return where the first statement begins that may go on after these rows; None without one.

    What row triggers write is captured before the statement that fired them, one level deeper;
    then come the statement's own rows, of which all but the first have a negative depth. Recorded
    events have no images to be in order with.
    """
    if max(map(abs, depths), default=0) <= 1:
        return None
    begun: dict[int, int] = {}
    told: set[int] = set()
    for index, (row, depth) in enumerate(zip(rows, depths, strict=True)):
        xid = row.xid
        if row.kind == "event" or depth == -1:
            continue
        if xid in told:
            told.remove(xid)
            del begun[xid]
        if abs(depth) > 1:
            begun.setdefault(xid, index)
        elif xid in begun:
            told.add(xid)
    return min(begun.values(), default=None)
