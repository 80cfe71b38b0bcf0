"""Actions: what the user meant to do, as one event that owns the changes made inside."""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from asgiref.sync import sync_to_async
from django.db import connections, models, transaction

from schemas import ActionFailed, ActionPerformed

from ..databases import is_captured
from ..recording import record
from ..settings import backstory_settings
from ..subjects import subject_of
from .failures import Failure, Failures
from .identifiers import new_identifier
from .scope import bind_context, current_scope

P = ParamSpec("P")
R = TypeVar("R")


class action:  # noqa: N801  (a verb in a with statement, like contextlib.suppress)
    """Do something as one action, with a transaction and an event of its own::

        with action("certificate.transfer", subject=certificate, reason=why):
            ...

        @action("nightly.revalue")
        def revalue(): ...

    Changes inside carry the action's name, id and reason, and happen together or not at all; one
    ``action.performed`` goes with them. An exception rolls them back and leaves ``action.failed``
    with its type, recorded when the request, or else the outermost action, has ended. Begun inside
    a transaction of the caller's without either, it shares that transaction's fate. Where the
    transaction was marked for rollback without an exception, nothing is recorded.

    ``async with`` and coroutine functions work too, without a transaction: Django has none there.

    Raises:
        InvalidEvent: on entering, when the reason is longer than 10,000 bytes.
    """

    def __init__(
        self,
        name: str,
        subject: models.Model | str | None = None,
        *,
        reason: str = "",
        using: str | None = None,
    ) -> None:
        self.name = name
        self.subject = subject
        self.reason = reason
        self.using = using
        self.id = ""
        self._block = ExitStack()
        self._transaction: Any = None
        self._started = 0.0

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Wrap a function, so that each call of it is an action."""
        if asyncio.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                async with self._again():
                    return await function(*args, **kwargs)

            return cast("Callable[P, R]", awaited)

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._again():
                return function(*args, **kwargs)

        return called

    def __enter__(self) -> Self:
        self._bind()
        if is_captured(self._alias):
            self._transaction = transaction.atomic(self._alias)
            self._transaction.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._block:
            try:
                self._end(kind, error, trace)
            finally:
                self._failures.end()

    async def __aenter__(self) -> Self:
        self._bind()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._block:
            try:
                await sync_to_async(self._end)(kind, error, trace)
            finally:
                await self._failures.aend()

    @property
    def _alias(self) -> str:
        return self.using or backstory_settings().database

    def _again(self) -> "action":
        return action(self.name, self.subject, reason=self.reason, using=self.using)

    def _bind(self) -> None:
        self.id = new_identifier()
        self._started = time.perf_counter()
        context = bind_context(
            action=self.name,
            action_id=self.id,
            parent_action_id=current_scope().said.action_id,
            reason=self.reason or None,
        )
        with ExitStack() as stack:
            stack.enter_context(context)
            self._failures = stack.enter_context(Failures())
            self._block = stack.pop_all()

    def _end(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit with the event, or roll back and note the failure, that of committing too."""
        try:
            if kind is None and not self._is_rolled_back():
                record(ActionPerformed(**self._told()), self._about(), self.using)
        except BaseException:
            kind, error, trace = sys.exc_info()
            self._close_transaction(kind, error, trace)
            self._fail(kind)
            raise
        try:
            self._close_transaction(kind, error, trace)
        except BaseException as caught:
            kind = type(caught)
            raise
        finally:
            if kind is not None:
                self._fail(kind)

    def _is_rolled_back(self) -> bool:
        connection = connections[self._alias]
        return connection.in_atomic_block and connection.needs_rollback

    def _close_transaction(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        block, self._transaction = self._transaction, None
        if block is not None:
            block.__exit__(kind, error, trace)

    def _fail(self, kind: type[BaseException] | None) -> None:
        assert kind is not None
        payload = ActionFailed(error=f"{kind.__module__}.{kind.__qualname__}", **self._told())
        self._failures.add(
            Failure(payload=payload, subject=self._about(), using=self.using, scope=current_scope())
        )

    def _told(self) -> dict[str, Any]:
        duration_ms = round((time.perf_counter() - self._started) * 1000, 3)
        return {"action": self.name, "duration_ms": duration_ms}

    def _about(self) -> str | None:
        return None if self.subject is None else subject_of(self.subject)
