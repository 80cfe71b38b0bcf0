"""Is the history complete? Window by window, what is told against what is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import xor
from typing import Any, Final

import psycopg

from ..errors import SourceRefused, SourceUnavailable
from ..history.failures import translated
from .accepting import with_accepted
from .reading import (
    AT_ONCE,
    EVER,
    Ledger,
    announced,
    announced_by_number,
    at_fault,
    count,
    kept,
    last_looked,
    last_numbers,
    not_proved,
    remember,
    remembered,
)
from .sql import statement
from .topic import Seen, WindowsOnTopic
from .windows import Found, Judged, State, Told, by_number, judge

_OVERLAP: Final = timedelta(minutes=10)
"""Events of windows are looked for again for so long: two sources' clocks may differ."""

_REST: Final = 20
"""So many times as long as the topic was read for in one look, the next looks leave it alone."""

_AGAIN: Final = "`backstory replay consumer persist --from-time …` writes what is there"
_RESTORE: Final = "restore them from a copy of the topic or of the history"


class Verifier:
    """Looks at windows that it has not looked at, and again at those that are not proved.

    Args:
        ledger: the application's own; without one, what the history's events tell is believed.
        topic: where the ids of a window that is not whole are looked up: what a source published
            again, under another window, the history has under the first. None: they are not.
        lag: what was closed less than so long ago may be on its way.
        clock: seconds. The topic is read in the first look, then for at most a twentieth of the
            time; between, what it told of a window stands while the window's fault is the same.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        ledger: Ledger | None,
        topic: WindowsOnTopic | None = None,
        *,
        lag: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._topic = topic
        self._lag = lag
        self._clock = clock
        self._topic_rests_until = 0.0
        self._reads_topic = True
        self._looked_up_before: dict[tuple[str, int], tuple[str, Judged]] = {}

    def verify(self, now: datetime, since: datetime | None = None) -> Iterator[Judged]:
        """Say what is known of each window, and remember it.

        With ``since`` it looks again at all that were closed since, proved or not; else at all from
        number 1 on, with which every source begins. Raises psycopg.Error.
        """
        settled = now - self._lag
        self._reads_topic = self._clock() >= self._topic_rests_until
        from_first = since is None or since <= EVER
        if since is None:
            for source, numbers in not_proved(self._connection).items():
                yield from self._again(source, numbers, settled)
            looked = last_looked(self._connection)
            since = looked - _OVERLAP if looked else EVER
            lasts = last_numbers(self._connection, now + timedelta(days=36_500))
        else:
            lasts = last_numbers(self._connection, since)
        waiting: set[str] = set()
        for told in announced(self._connection, since):
            for source in sorted({*told, *self._own()} - waiting):
                if source in told and not from_first:
                    lasts.setdefault(source, min(each.number for each in told[source]) - 1)
                while judged := self._new(source, told.get(source, []), lasts, settled):
                    yield from judged
                    lasts[source] = judged[-1].number
                    if judged[-1].state is State.WAITING:
                        waiting.add(source)
                        break

    def still_at_fault(self, source: str, first: int, last: int, now: datetime) -> list[Judged]:
        """Look again at windows of a source that were found at fault; those that still are.

        One whose fault somebody accepted is none of them. Raises psycopg.Error.
        """
        self._reads_topic = True
        numbers = at_fault(self._connection, source, first, last)
        found = self._again(source, numbers, now - self._lag) if numbers else []
        return [one for one in found if not one.is_good]

    def _new(
        self, source: str, told: list[Told], lasts: dict[str, int], settled: datetime
    ) -> list[Judged]:
        """Judge the windows of a source behind its last one, up to the first that is waited for."""
        ledger = self._ledger if self._ledger and self._ledger.source == source else None
        last = lasts.get(source, 0)
        events = by_number(each for each in told if each.number > last)
        lines = by_number(self._lines(ledger, last, AT_ONCE))
        end = max([*events, *(lines if len(told) < AT_ONCE else ())], default=last)
        numbers = range(last + 1, min(end, last + AT_ONCE) + 1)
        late = [number for number in numbers if number not in events]
        events |= by_number(announced_by_number(self._connection, source, late)) if late else {}
        return self._judged(source, numbers, events, lines if ledger else None, settled)

    def _again(self, source: str, numbers: Sequence[int], settled: datetime) -> list[Judged]:
        events = by_number(announced_by_number(self._connection, source, numbers))
        lines = None
        if self._ledger and self._ledger.source == source:
            lines = by_number(w for n in numbers for w in self._ledger.after(n - 1, 1))
        return self._judged(source, numbers, events, lines, settled)

    def _looked_up(self, source: str, bad: Sequence[Judged]) -> list[Judged]:
        """Judge windows by what the topic holds of them; one that cannot be asked says so."""
        if self._topic is None:
            return list(bad)
        if not self._reads_topic:
            return [self._as_before(one) for one in bad]
        began = self._clock()
        try:
            seen = self._topic.look(source, bad)
        except (SourceRefused, SourceUnavailable) as error:
            return [_with(one, str(error)) for one in bad]
        finally:
            ended = self._clock()
            rest_s = _REST * (ended - began)
            self._topic_rests_until = max(self._topic_rests_until, ended) + rest_s
        known = [self._by_topic(one, seen) for one in bad]
        self._looked_up_before.update(
            {(one.source, one.number): (one.fault, by) for one, by in zip(bad, known, strict=True)}
        )
        return known

    def _as_before(self, one: Judged) -> Judged:
        """What the topic told of a window, unless its fault is another one now."""
        fault, known = self._looked_up_before.get((one.source, one.number), ("", one))
        if fault == one.fault:
            return known
        return _with(one, "not looked up: the topic is not read at every look")

    def _by_topic(self, one: Judged, seen: Seen) -> Judged:
        """The ids on the topic are those that the window counts, or prove nothing."""
        ids = seen.ids.get(one.number, set())
        is_whole = one.told is not None and (
            (len(ids), reduce(xor, (each.int for each in ids), 0))
            == (one.told.events, one.told.ids)
        )
        missing = len(ids) - kept(self._connection, ids) if ids else 0
        if is_whole and not missing and one.state is State.INCOMPLETE:
            why = f"{one.missing} of {len(ids)} came earlier, under another window"
            return replace(one, state=State.PROVED, why=why)
        if missing or one.number in seen.told:
            what = f"{missing} events" if missing else "its relay.window"
            return _with(one, f"{what} on topic {seen.topic!r}: {_AGAIN}")
        return _with(one, seen.expired(one.since) or f"not on topic {seen.topic!r}", _RESTORE)

    def _own(self) -> list[str]:
        return [self._ledger.source] if self._ledger and self._ledger.source else []

    def _lines(self, ledger: Ledger | None, after: int, limit: int) -> list[Told]:
        return ledger.after(after, limit) if ledger else []

    def _judged(
        self,
        source: str,
        numbers: Sequence[int],
        events: dict[int, Told],
        lines: dict[int, Told] | None,
        settled: datetime,
    ) -> list[Judged]:
        told = {**(lines or {}), **events}
        found = count(self._connection, source, [told[n] for n in numbers if n in told])
        before = remembered(self._connection, source, numbers)
        judged: list[Judged] = []
        for number in numbers:
            one = judge(
                source,
                number,
                events.get(number),
                (lines or {}).get(number),
                found.get(number, Found()),
                before=before.get(number),
                between=(
                    max((told[n].closed_at for n in told if n < number), default=None),
                    min((told[n].closed_at for n in told if n > number), default=None),
                ),
                settled_before=settled,
                listening=lines is not None,
            )
            judged.append(one)
            if one.state is State.WAITING:
                break
        judged = with_accepted(self._connection, source, judged)
        if bad := [one for one in judged if one.state in (State.INCOMPLETE, State.UNTOLD)]:
            known = {one.number: one for one in self._looked_up(source, bad)}
            judged = [known.get(one.number, one) for one in judged]
        remember(self._connection, [one for one in judged if one.state is not State.WAITING])
        return judged


def _with(one: Judged, *why: str) -> Judged:
    return replace(one, why="; ".join(filter(None, (one.why, *why))))


@contextmanager
def verifying(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the history for a Verifier; raises SinkUnavailable or SinkRefused."""
    try:
        with psycopg.connect(url, autocommit=True, application_name="backstory.verify") as opened:
            opened.execute(statement("open_session"))
            yield opened
    except psycopg.Error as error:
        raise translated("history", error) from error
