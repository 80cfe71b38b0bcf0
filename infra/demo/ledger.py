"""What was meant to happen: each intent is noted before it is tried, its outcome afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec


class Outcome(StrEnum):
    """What the one who tried it saw; UNKNOWN when the connection died before an answer."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


class Expected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event that has to be in the history, by what identifies it.

    Attributes:
        type: event type.
        model: label of the changed model, such as ``captable.Certificate``; empty for no model.
        object_id: its key as text; empty when the one who tried could not know it.
        values: fields that ``after`` (``before`` for a deletion) has to hold, among others.
        action: the action's name.
        reason: the context's reason.
        path: the requested path.
        actor: name of the user.
    """

    type: str
    model: str = ""
    object_id: str = ""
    values: dict[str, Any] = {}
    action: str = ""
    reason: str = ""
    path: str = ""
    actor: str = ""


class Intent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing somebody tried.

    Attributes:
        key: unique in the ledger.
        what: for people.
        trace: the W3C trace id sent with it; empty where none can be sent (psql, commands).
        expects: the events it has to leave when it commits.
        otherwise: the events it leaves even when it does not, such as ``action.failed``.
        maybe: events that may be there or not, such as the view of a visitor who hung up.
        outcome: UNKNOWN until it is settled.
    """

    key: str
    what: str
    trace: str = ""
    expects: tuple[Expected, ...] = ()
    otherwise: tuple[Expected, ...] = ()
    maybe: tuple[Expected, ...] = ()
    outcome: Outcome = Outcome.UNKNOWN


class Ledger:
    """Intents in the order they were noted, kept in a file line by line; any thread may write.

    Whoever dies between the two lines leaves an intent of unknown outcome, never none.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Continue ``path``, or keep the intents in memory only."""
        self._intents = {intent.key: intent for intent in read(path)} if path else {}
        self._file = path.open("ab") if path else None
        self._lock = Lock()

    def note(self, intent: Intent) -> Intent:
        """Write down what will be tried next."""
        return self._write(intent)

    def settle(self, intent: Intent, outcome: Outcome, **known: Sequence[Expected]) -> Intent:
        """Write down how it ended; ``known`` replaces expects, otherwise or maybe."""
        events = {name: tuple(expected) for name, expected in known.items()}
        return self._write(msgspec.structs.replace(intent, outcome=outcome, **events))

    def __iter__(self) -> Iterator[Intent]:
        with self._lock:
            return iter(list(self._intents.values()))

    def __len__(self) -> int:
        return len(self._intents)

    def outcomes(self) -> Mapping[Outcome, int]:
        """How many intents ended in which way."""
        ended = [intent.outcome for intent in self]
        return {outcome: ended.count(outcome) for outcome in Outcome}

    def close(self) -> None:
        """Close the file; nothing more can be noted."""
        if self._file:
            self._file.close()

    def _write(self, intent: Intent) -> Intent:
        line = msgspec.json.encode(intent) + b"\n"
        with self._lock:
            self._intents[intent.key] = intent
            if self._file:
                self._file.write(line)
                self._file.flush()
        return intent


def read(path: Path) -> list[Intent]:
    """Return a file's intents, each as it was last written; a torn last line is left out."""
    if not path.exists():
        return []
    intents: dict[str, Intent] = {}
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            intent = msgspec.json.decode(line, type=Intent)
            intents[intent.key] = intent
    return list(intents.values())
