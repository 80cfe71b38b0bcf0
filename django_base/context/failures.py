"""Failed actions wait here until the transactions around them have ended."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import Error

from schemas import ActionFailed

from ..recording import record
from .scope import Scope, bind_scope

_log = logging.getLogger("backstory.actions")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An action that ended with an exception, and the context it had."""

    payload: ActionFailed
    subject: str | None
    using: str | None
    scope: Scope

    def record(self) -> None:
        """Record it; a database that cannot take it now is logged and hides no other error."""
        try:
            with bind_scope(self.scope):
                record(self.payload, self.subject, self.using)
        except Error:
            _log.exception(
                "a failed action was not recorded", extra={"action": self.payload.action}
            )


_waiting: ContextVar[list[Failure] | None] = ContextVar("backstory.failures", default=None)


def add(failure: Failure) -> None:
    """Let a failure wait for the outermost block to end, or record it now when there is none."""
    waiting = _waiting.get()
    if waiting is None:
        failure.record()
    else:
        waiting.append(failure)


@contextmanager
def recorded_at_the_end() -> Iterator[list[Failure]]:
    """Collect failures inside; the outermost of these blocks gives them all, the others none."""
    if _waiting.get() is not None:
        yield []
        return
    waiting: list[Failure] = []
    token = _waiting.set(waiting)
    try:
        yield waiting
    finally:
        _waiting.reset(token)
