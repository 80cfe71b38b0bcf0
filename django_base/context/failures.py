"""Failed actions and denials wait here until the transactions around them have ended."""

import logging
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Self

from asgiref.sync import sync_to_async
from django.db import Error

from schemas import Payload

from ..recording import record
from .scope import Scope, bind_scope, current_scope

_log = logging.getLogger("backstory.actions")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What did not come about, such as an action, and the context it had."""

    payload: Payload
    subject: str | None
    using: str | None
    scope: Scope

    def record(self) -> None:
        """Record it; a database that cannot take it now is logged and hides no other error."""
        try:
            with bind_scope(self.scope):
                record(self.payload, self.subject, self.using)
        except Error:
            what = getattr(self.payload, "action", "") or type(self.payload).__event_type__
            _log.exception("a failure was not recorded", extra={"action": what})


class Failures:
    """What failed inside of a block: a request, or an action.

    When it ends, they go to the block around it. The outermost records them, as does one whose
    outer block has ended before it: a task that goes on, or a view whose visitor has left.
    """

    __slots__ = ("_around", "_has_ended", "_inside", "_token")

    _token: "Token[Failures | None]"

    def __init__(self) -> None:
        self._around = _innermost.get()
        self._inside: list[Failure] = []
        self._has_ended = False

    def __enter__(self) -> Self:
        self._token = _innermost.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _innermost.reset(self._token)

    def add(self, failure: Failure) -> None:
        """Let a failure wait for the end."""
        self._inside.append(failure)

    def end(self) -> None:
        """Hand the failures on, or record them: the transactions inside have ended."""
        self._has_ended = True
        if self._around is not None and not self._around._has_ended:
            self._around._inside += self._inside
            return
        for failure in self._inside:
            failure.record()

    async def aend(self) -> None:
        """End in a coroutine, where only another thread may ask the database."""
        if self._inside:
            await sync_to_async(self.end)()
        else:
            self.end()


def record_after(payload: Payload, subject: str | None = None, using: str | None = None) -> None:
    """Record an event when the transactions of the request have ended, whatever becomes of them.

    Outside of requests and actions it is recorded at once, in the caller's transaction.
    """
    failure = Failure(payload=payload, subject=subject, using=using, scope=current_scope())
    innermost = _innermost.get()
    if innermost is None or innermost._has_ended:
        failure.record()
    else:
        innermost.add(failure)


_innermost: ContextVar[Failures | None] = ContextVar("backstory.failures", default=None)
