"""A ledger window: what is told of it, what the history has of it, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

_IDS: Final = (1 << 128) - 1


class State(StrEnum):
    """What is known of a window.

    Attributes:
        PROVED: the history holds exactly its events.
        WAITING: something is missing, and may still be on its way.
        INCOMPLETE: events are missing.
        UNEXPECTED: the history holds others than it counts, or its ledger and its event disagree.
        ALTERED: its events are there, but not as they were published, or first proved.
        UNTOLD: nothing tells of it, though a later window is told of.
        ACCEPTED: one of the last four, and a person accepted it as it is: a decision says why.
    """

    PROVED = "proved"
    WAITING = "waiting"
    INCOMPLETE = "incomplete"
    UNEXPECTED = "unexpected"
    ALTERED = "altered"
    UNTOLD = "untold"
    ACCEPTED = "accepted"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an event or the application's ledger says of a window.

    Attributes:
        digest: of each event the SHA-256 of its value, then its id, as one 384-bit number, joined
            by exclusive or; of an older relay, of ids only.
    """

    number: int
    events: int
    digest: int
    opened_at: datetime
    closed_at: datetime

    @property
    def ids(self) -> int:
        """Its part that is made of ids."""
        return self.digest & _IDS

    @property
    def tells_values(self) -> bool:
        """Whether its digest is made of values, too."""
        return self.digest > _IDS

    def __add__(self, other: Told) -> Told:
        """A number that was used twice, as after a restored dump: its events are those of both."""
        return replace(
            self,
            events=self.events + other.events,
            digest=self.digest ^ other.digest,
            opened_at=min(self.opened_at, other.opened_at),
            closed_at=max(self.closed_at, other.closed_at),
        )


@dataclass(frozen=True)
class Found:
    """What the history holds of a window: ids, a digest as in Told, one of the rows."""

    events: int = 0
    digest: int = 0
    content: bytes = sha256().digest()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A window with what is known of it.

    Attributes:
        told: None when nothing tells of it.
        since: when it was opened; for one that nothing tells of, when the one before was closed.
        until: when it was closed, or the next one that is told of.
        why: what is wrong, and what can be done about it.
    """

    source: str
    number: int
    state: State
    told: Told | None
    found: Found
    since: datetime | None = None
    until: datetime | None = None
    why: str = ""

    @property
    def missing(self) -> int:
        """How many events are missing."""
        return max(0, self.told.events - self.found.events) if self.told else 0

    @property
    def fault(self) -> str:
        """A digest of what is wrong: state, rows, and what its own event says of it."""
        event = None if self.state is State.UNTOLD else self.told
        told = f"{event.events} {event.digest:x}" if event else ""
        return sha256(f"{self.state} {told} {self.found.content.hex()}".encode()).hexdigest()

    @property
    def is_good(self) -> bool:
        """Whether nobody has to look at it."""
        return self.state in (State.PROVED, State.WAITING, State.ACCEPTED)


def judge(
    source: str,
    number: int,
    event: Told | None,
    ledger: Told | None,
    found: Found,
    *,
    before: bytes | None,
    between: tuple[datetime | None, datetime | None],
    settled_before: datetime,
    listening: bool,
) -> Judged:
    """Say what is known of a window.

    Args:
        event: what its event in the history says.
        ledger: what the application's own ledger says, if it was asked (``listening``).
        before: the content that it had when it was first proved.
        between: when the windows before and after were closed, for one that nothing tells of.
        settled_before: what was closed later may still be on its way.
    """
    told = event or ledger
    state, why = _state(event, ledger, found, before)
    if listening and event and ledger is None:
        state, why = State.UNEXPECTED, "the application's ledger does not have it"
    since, until = (told.opened_at, told.closed_at) if told else between
    late = until is None or until < settled_before
    if not late and state in (State.INCOMPLETE, State.UNTOLD):
        state = State.WAITING
    return Judged(
        source=source,
        number=number,
        state=state,
        told=told,
        found=found,
        since=since,
        until=until,
        why=why,
    )


def _state(
    event: Told | None, ledger: Told | None, found: Found, before: bytes | None
) -> tuple[State, str]:
    if event is None:
        return State.UNTOLD, "its relay.window is not in the history"
    if ledger and (event.events, event.digest) != (ledger.events, ledger.digest):
        return State.UNEXPECTED, "its event says something else than the application's ledger"
    if found.events < event.events:
        if found.content == before:
            return State.PROVED, "as when it was proved: others of its events came earlier"
        return State.INCOMPLETE, ""
    if (found.events, found.digest & _IDS) != (event.events, event.ids):
        more = found.events - event.events
        return State.UNEXPECTED, f"{more} events more than it counts" if more else "other events"
    if before is not None and before != found.content:
        return State.ALTERED, "rows differ from those that were proved before"
    if event.tells_values and found.digest != event.digest:
        return State.ALTERED, "its ids are right, its values are not those that the relay counted"
    return State.PROVED, ""


def by_number(windows: Iterable[Told]) -> dict[int, Told]:
    """Each number once."""
    known: dict[int, Told] = {}
    for told in windows:
        known[told.number] = known[told.number] + told if told.number in known else told
    return known


REACHES = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=40),
    timedelta(days=36_500),
)
"""How long before its window was opened an event may have happened: what waited in the outbox of an
application, or in a long transaction, is older. A longer one is tried when a shorter finds less."""
