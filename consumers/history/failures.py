"""Which of Postgres's errors pass, which a record caused, and which a person must mend."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import errors

from schemas import InvalidEvent

from ..errors import ConsumeError, SinkRefused, SinkUnavailable

POISON: Final = (
    InvalidEvent,
    psycopg.DataError,
    errors.ProgramLimitExceeded,
    ValueError,
    OverflowError,
)
"""What one record can cause: an event that makes no row, SQLSTATE class 22, 54000, and values that
cannot be sent at all."""

_TRANSIENT_CLASSES: Final = frozenset({"08", "40", "53", "57", "58"})
_TRANSIENT_STATES: Final = frozenset({"25006", "55P03", "25P03", "25P04"})
"""A server that is read-only is a standby about to be promoted; the others are time-outs."""

_REMEDIES: Final = {
    "22023": "run `backstory migrate`",  # SET ROLE to a role that does not exist
    "3F000": "run `backstory migrate`",
    "42P01": "run `backstory migrate`",
    "42703": "run `backstory migrate`",
    "42883": "run `backstory migrate`",
    "42501": "let the user of BACKSTORY_HISTORY_URL write: GRANT backstory_writer TO that user, "
    "or run `backstory migrate` as the owner of the schema history",
}


def translated(sink: str, error: psycopg.Error) -> ConsumeError:
    """The error of ours that says whether trying again helps, and what to do if not."""
    state = error.sqlstate
    reason = str(error).strip() or type(error).__name__
    if state is None:
        passes = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    else:
        passes = state[:2] in _TRANSIENT_CLASSES or state in _TRANSIENT_STATES
    if passes:
        return SinkUnavailable(sink, reason)
    remedy = _REMEDIES.get(state or "", "mend it and start again")
    return SinkRefused(sink, f"{reason} (SQLSTATE {state})", remedy)
