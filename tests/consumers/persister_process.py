"""A persister as a process of its own that dies or freezes where a test wants it to.

    python -m tests.consumers.persister_process SETTINGS_AS_JSON FAULT BATCH

SETTINGS are those of PersisterSettings, FAULT is one of FAULTS, BATCH the number of the batch, from
1, at which it strikes.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from consumers import Batch, HistorySink, PersisterSettings, Written, persist_events
from consumers.history import writing
from infra.signals import stop_event


class Unharmed(HistorySink):
    """Counts its batches and harms nobody."""

    def __init__(self, url: str, strikes_at: int) -> None:
        super().__init__(url)
        self._left = strikes_at

    def write(self, batch: Batch) -> Written:
        self._left -= 1
        return super().write(batch)

    def strike(self, sign: signal.Signals) -> None:
        """Send ourselves the signal, in the chosen batch only."""
        if self._left == 0:
            os.kill(os.getpid(), sign)


class KilledBeforeCommit(Unharmed):
    """Dies when COPY is done and COMMIT is not."""

    def _write_in(self, connection: writing.Connection, batch: Batch) -> Written:
        written = super()._write_in(connection, batch)
        self.strike(signal.SIGKILL)
        return written


class KilledAfterCommit(Unharmed):
    """Dies when Postgres has committed and nobody has been told."""

    def write(self, batch: Batch) -> Written:
        written = super().write(batch)
        self.strike(signal.SIGKILL)
        return written


class FrozenBeforeWriting(Unharmed):
    """Freezes with a batch in its hands."""

    def write(self, batch: Batch) -> Written:
        if self._left == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        return super().write(batch)


class FrozenBeforeCommit(Unharmed):
    """Freezes inside its transaction, between two statements."""

    def _write_in(self, connection: writing.Connection, batch: Batch) -> Written:
        written = super()._write_in(connection, batch)
        self.strike(signal.SIGSTOP)
        return written


class FrozenInCopy(Unharmed):
    """Freezes in the middle of COPY, which no time-out of the server ends."""

    def _write_in(self, connection: writing.Connection, batch: Batch) -> Written:
        whole = writing.copy_events

        def half(connection: Any, name: str, topic: str, events: Sequence[Any]) -> int:
            return whole(connection, name, topic, Freezing(events, self))

        writing.copy_events = half
        try:
            return super()._write_in(connection, batch)
        finally:
            writing.copy_events = whole


class Freezing(list[Any]):
    """Events between the halves of which the process freezes."""

    def __init__(self, events: Sequence[Any], sink: Unharmed) -> None:
        super().__init__(events)
        self._sink = sink

    def __iter__(self) -> Any:
        for number, event in enumerate(super().__iter__()):
            if number == len(self) // 2:
                self._sink.strike(signal.SIGSTOP)
            yield event


FAULTS = {
    "none": Unharmed,
    "killed-before-commit": KilledBeforeCommit,
    "killed-after-commit": KilledAfterCommit,
    "frozen-before-writing": FrozenBeforeWriting,
    "frozen-before-commit": FrozenBeforeCommit,
    "frozen-in-copy": FrozenInCopy,
}


def main(settings_text: str, fault: str, batch: str) -> None:
    """Run until SIGTERM."""
    settings = PersisterSettings(**json.loads(settings_text))
    with stop_event() as stop:
        sink = FAULTS[fault](settings.history_url, int(batch))
        persist_events(settings, stop=stop, sink=sink)


if __name__ == "__main__":
    main(*sys.argv[1:])
