"""Records each answered request as ``page.viewed``: never bodies, never secrets of the URL."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import FileResponse, HttpRequest, HttpResponseBase
from msgspec.structs import replace

from schemas import PageViewed

from ..gate.callbacks import name_of
from ..recording import record
from ..settings import backstory_settings
from .scope import Scope, bind_scope, current_scope
from .shown import Shown
from .urls import bounded, kept_path, kept_query_and_referrer
from .visitors import RequestVisitor

_log = logging.getLogger("backstory.pages")


class PageViewMiddleware:
    """Put it right after ContextMiddleware. A page is shown even when it cannot be recorded."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request and record the view when the last byte is handed over."""
        if request.path.startswith(backstory_settings().exclude_paths):
            return self.get_response(request)  # type: ignore[no-any-return]
        if self._is_async:
            return self._answer(request)
        view = _View(request)
        try:
            response = self.get_response(request)
        except BaseException as error:
            view.end(_status_of(error))
            raise
        if response.streaming:
            return _recorded_at_its_end(response, view)
        view.answered(response)
        return response  # type: ignore[no-any-return]

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        view = _View(request)
        try:
            response = await self.get_response(request)
        except BaseException as error:
            await sync_to_async(view.end)(_status_of(error))
            raise
        if response.streaming:
            return _recorded_at_its_end(response, view)
        await sync_to_async(view.answered)(response)
        return response  # type: ignore[no-any-return]


class _View:
    """One request being answered; it is recorded once, however often it ends.

    Attributes:
        sent_bytes: how much of a streaming body has been handed over; None when nobody counts.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._scope = current_scope()
        self._started = time.perf_counter()
        self._has_ended = False
        self.sent_bytes: int | None = None

    @property
    def is_head(self) -> bool:
        """Whether nobody wants the body."""
        return self._request.method == "HEAD"

    def sent(self, part: bytes) -> None:
        """Count a part of a streaming body."""
        self.sent_bytes = (self.sent_bytes or 0) + len(part)

    def answered(self, response: Any) -> None:
        """Record the view of a page that is there as a whole."""
        self.sent_bytes = 0 if self.is_head else len(response.content)
        self.end(response.status_code, complete=True)

    def end(self, status: int | None, *, complete: bool = False) -> None:
        """Record the view; what goes wrong is logged, because the page is there."""
        if self._has_ended:
            return
        self._has_ended = True
        try:
            with bind_scope(_scope_of_page(self._scope)):
                record(self._viewed(status, complete))
        except Exception:
            _log.exception("a page view was not recorded", extra={"view": self._name})

    def _viewed(self, status: int | None, complete: bool) -> PageViewed:
        request = self._request
        match = request.resolver_match
        shown = _shown_in(self._scope)
        query, referrer = kept_query_and_referrer(request)
        return PageViewed(
            path=kept_path(request),
            duration_ms=round((time.perf_counter() - self._started) * 1000, 3),
            status=status,
            view=self._name,
            route=bounded(match.route or "") if match else "",
            referrer=referrer,
            response_bytes=self.sent_bytes,
            complete=complete,
            query=query,
            request_bytes=_length_of(request),
            shown=shown.subjects,
            shown_count=shown.count,
        )

    @property
    def _name(self) -> str:
        """The dotted name of the view function, or of a class-based view's class."""
        match = self._request.resolver_match
        return "" if match is None else name_of(match.func)


def _recorded_at_its_end(response: Any, view: _View) -> HttpResponseBase:
    """Let a streaming response record the view with its last byte, or else when it is closed.

    Servers close every response, also when the visitor has left before the body was begun. A file
    is left as it is, so that the server may send it without Python.
    """
    status, close, is_file = (
        response.status_code,
        response.close,
        isinstance(response, FileResponse),
    )

    def closed() -> None:
        if is_file and not view.is_head:
            length = response.headers.get("Content-Length")
            view.sent_bytes = None if length is None else int(length)
        view.end(status, complete=is_file or view.is_head)
        close()  # closes the database connections, too

    view.sent_bytes = 0
    if not is_file:
        parts = _async_parts if response.is_async else _parts
        response.streaming_content = parts(response.streaming_content, view, status)
    response.close = closed
    return response  # type: ignore[no-any-return]


def _parts(body: Iterator[bytes], view: _View, status: int) -> Iterator[bytes]:
    for part in body:
        view.sent(part)
        yield part
    view.end(status, complete=True)


async def _async_parts(
    body: AsyncIterator[bytes], view: _View, status: int
) -> AsyncIterator[bytes]:
    async for part in body:
        view.sent(part)
        yield part
    await sync_to_async(view.end)(status, complete=True)


def _scope_of_page(scope: Scope) -> Scope:
    """Return the scope of the page view: of the user only what the request has loaded anyway."""
    visitor = scope.visitor
    if not isinstance(visitor, RequestVisitor):
        return scope
    loads = backstory_settings().page_views_load_user
    actor = visitor.actor() if loads else visitor.actor_if_loaded()
    said = scope.said
    return Scope(
        replace(
            said,
            actor=said.actor or actor,
            request=said.request or visitor.request(),
            entity=visitor.shown.entity or said.entity,
        )
    )


def _shown_in(scope: Scope) -> Shown:
    visitor = scope.visitor
    return visitor.shown if isinstance(visitor, RequestVisitor) else Shown()


def _status_of(error: BaseException) -> int | None:
    """Return what the server answers; nothing where the visitor or the process has gone."""
    return 500 if isinstance(error, Exception) else None


def _length_of(request: HttpRequest) -> int | None:
    """Return how long the body is, as its sender says; None when it came in pieces."""
    said = request.META.get("CONTENT_LENGTH") or ""
    if said.isascii() and said.isdecimal():
        return min(int(said[:19]), 2**53)
    return None if request.META.get("HTTP_TRANSFER_ENCODING") else 0
