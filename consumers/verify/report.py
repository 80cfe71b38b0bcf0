"""What a person can sign: what was looked at, what was found, by whom and when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import psycopg

from .findings import Finding
from .reading import accepted_in_all, decisions, proved_in_all
from .sql import statement
from .windows import Judged, State

_TOLD = 100


@dataclass
class Span:
    """What was looked at of one source."""

    first: int
    last: int
    since: datetime | None = None
    until: datetime | None = None


@dataclass(kw_only=True)
class Report:
    """The outcome of one run.

    Attributes:
        actor: who ran it.
        ledger: whose windows these are: the application's own, or as the history tells of them.
        events: how many events the proved windows count.
        proved: how many windows and events this report and all before have proved.
        decisions: how many of each kind were made about events that are lost or left out.
        accepted: the faults that people accepted and that stand, by decision.
        windows: over each window that was looked at, in order: number, count, digest, content.
        findings: what is wrong, the first 100; windows in a row with the same fault are one.
        unsaid: how many more there are.
    """

    actor: str
    ran_at: datetime
    history: str
    ledger: str
    states: Counter[State] = field(default_factory=Counter)
    spans: dict[str, Span] = field(default_factory=dict)
    events: int = 0
    missing: int = 0
    findings: list[Finding] = field(default_factory=list)
    unsaid: int = 0
    windows: str = sha256().hexdigest()
    proved: tuple[int, int] = (0, 0)
    decisions: dict[str, int] = field(default_factory=dict)
    accepted: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether all that is not still on its way is proved, or accepted as it is."""
        return not any(n for state, n in self.states.items() if state not in _GOOD)

    @property
    def verdict(self) -> str:
        """In words; what was accepted is not complete, whenever it was looked at."""
        if not self.is_complete:
            return "not complete"
        return "complete but for what was accepted" if self.accepted else "complete"

    def add(self, looked_at: Iterable[Judged]) -> None:
        """Count windows, in order."""
        running = self.windows
        for one in looked_at:
            self.states[one.state] += 1
            self.missing += one.missing if one.state is State.INCOMPLETE else 0
            self._span(one)
            if one.state is State.PROVED:
                self.events += one.found.events
            elif not one.is_good:
                self._find(one)
            found = one.found
            line = f"{one.source} {one.number} {one.state} {found.events} {found.content.hex()}"
            running = sha256(f"{running} {line}".encode()).hexdigest()
        self.windows = running

    def complete_with(self, connection: psycopg.Connection[Any]) -> None:
        """Add what is known beside the windows that were looked at."""
        self.proved = proved_in_all(connection)
        self.decisions = decisions(connection)
        self.accepted = accepted_in_all(connection)

    def as_json(self) -> dict[str, Any]:
        """All of it, but for the chain."""
        return {
            "verdict": self.verdict,
            "actor": self.actor,
            "ran_at": self.ran_at.isoformat(),
            "history": self.history,
            "sources": {name: _shown(span) for name, span in self.spans.items()},
            "windows": {str(state): self.states[state] for state in State},
            "events": self.events,
            "missing_events": self.missing,
            "ledger": self.ledger,
            "proved_in_all": dict(zip(("windows", "events"), self.proved, strict=True)),
            "decisions": self.decisions,
            "accepted": self.accepted,
            "findings": [str(finding) for finding in self.findings] + self._more(),
            "windows_digest": self.windows,
        }

    def _find(self, one: Judged) -> None:
        if self.findings and self.findings[-1].goes_on_with(one):
            self.findings[-1].add(one)
        elif len(self.findings) < _TOLD:
            self.findings.append(Finding(one))
        else:
            self.unsaid += 1

    def _more(self) -> list[str]:
        return (
            [f"and {self.unsaid} more windows: verify.windows has them all"] if self.unsaid else []
        )

    def _span(self, one: Judged) -> None:
        span = self.spans.setdefault(one.source, Span(one.number, one.number))
        span.first, span.last = min(span.first, one.number), max(span.last, one.number)
        if one.told:
            span.since = min(span.since or one.told.opened_at, one.told.opened_at)
            span.until = max(span.until or one.told.closed_at, one.told.closed_at)


def keep_report(connection: psycopg.Connection[Any], report: Report) -> dict[str, Any]:
    """Add a report to the chain; returns it with ``previous`` and ``digest``.

    The digest is SHA-256 over the JSON without it, keys sorted, and so covers all reports before.
    """
    with connection.transaction():
        connection.execute(statement("lock_reports"))
        row = connection.execute(statement("last_report")).fetchone()
        told = {**report.as_json(), "previous": row[0] if row else ""}
        digest = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        connection.execute(statement("keep_report"), (json.dumps(told), digest))
    return {**told, "digest": digest}


def _shown(span: Span) -> dict[str, Any]:
    return {
        "first_window": span.first,
        "last_window": span.last,
        "since": span.since and span.since.isoformat(),
        "until": span.until and span.until.isoformat(),
    }


_GOOD = (State.PROVED, State.WAITING, State.ACCEPTED)
