"""Failed actions wait here until the transactions around them have ended."""

import logging
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


class recorded_at_the_end:  # noqa: N801  (reads as a clause of the with statement)
    """Collect failures inside; the outermost of these blocks gives them all, the others none."""

    __slots__ = ("_token",)

    def __enter__(self) -> list[Failure]:
        waiting: list[Failure] = []
        self._token = None if _waiting.get() is not None else _waiting.set(waiting)
        return waiting

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _waiting.reset(self._token)
