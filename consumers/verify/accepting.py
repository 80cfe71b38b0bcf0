"""What is wrong with windows, and nobody can mend, accepted by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg

from ..dead import Person
from ..decisions import Decision, keep_decision
from .findings import findings_of
from .reading import accepted_faults, remember
from .sql import statement
from .windows import Judged, State


def accept(
    connection: psycopg.Connection[Any], faults: Sequence[Judged], person: Person
) -> Decision:
    """Settle windows of one source that are at fault, as they are now; returns what was kept.

    Whoever looks at one again, and finds anything else, tells it anew. Raises InvalidEvent for a
    reason that is too long, psycopg.Error (also when there is none); then nothing was done.
    """
    first, last = faults[0], faults[-1]
    decision = Decision(
        kind="fault accepted",
        actor=person.name,
        reason=person.reason,
        facts={
            "source": first.source,
            "windows": [one.number for one in faults],
            "missing_events": sum(one.missing for one in faults),
            "since": first.since,
            "until": last.until,
            "findings": [str(finding) for finding in findings_of(faults)],
        },
    )
    with connection.transaction():
        number = keep_decision(connection, decision)
        with connection.cursor() as cursor:
            cursor.executemany(statement("accept"), [_row(one, number) for one in faults])
        remember(connection, [replace(one, state=State.ACCEPTED) for one in faults])
    return decision


def with_accepted(
    connection: psycopg.Connection[Any], source: str, judged: Sequence[Judged]
) -> list[Judged]:
    """Windows of a source; a fault that was accepted is settled as long as it stays the same."""
    bad = [one.number for one in judged if not one.is_good]
    accepted = accepted_faults(connection, source, bad) if bad else {}
    return [
        _since_accepted(one, *accepted[one.number]) if one.number in accepted else one
        for one in judged
    ]


def _since_accepted(one: Judged, fault: str, decision: int) -> Judged:
    if fault == one.fault:
        return replace(one, state=State.ACCEPTED, why=f"accepted by decision {decision}")
    anew = f"not what was accepted by decision {decision}"
    return replace(one, why="; ".join(filter(None, (one.why, anew))))


def _row(one: Judged, decision: int) -> dict[str, Any]:
    return {
        "source": one.source,
        "number": one.number,
        "fault": one.fault,
        "decision": decision,
    }
