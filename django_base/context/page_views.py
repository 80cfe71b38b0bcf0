"""Records each answered request as ``page.viewed``: never bodies, never query strings."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from schemas import PageViewed

from ..recording import record
from ..settings import backstory_settings
from .scope import bind_scope, current_scope

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
        if self._is_async:
            return self._answer(request)
        view = _View(request)
        try:
            response: Any = self.get_response(request)
        except BaseException:
            view.end(500)
            raise
        if response.streaming and not response.is_async:
            response.streaming_content = _parts(response.streaming_content, view, response)
        else:
            view.end(response.status_code, _length(response))
        return response  # type: ignore[no-any-return]

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        view = _View(request)
        try:
            response: Any = await self.get_response(request)
        except BaseException:
            await sync_to_async(view.end)(500)
            raise
        if response.streaming and response.is_async:
            response.streaming_content = _async_parts(response.streaming_content, view, response)
        elif view.is_recorded:
            await sync_to_async(view.end)(response.status_code, _length(response))
        return response  # type: ignore[no-any-return]


class _View:
    """One request being answered."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._scope = current_scope()
        self._started = time.perf_counter()
        self.is_recorded = not request.path.startswith(backstory_settings().exclude_paths)

    def end(self, status: int | None, response_bytes: int | None = None) -> None:
        """Record the view; what goes wrong is logged, because the page is there."""
        if not self.is_recorded:
            return
        match = self._request.resolver_match
        viewed = PageViewed(
            path=_bounded(self._request.path),
            duration_ms=round((time.perf_counter() - self._started) * 1000, 3),
            status=status,
            view=_name_of(match.func) if match else "",
            route=_bounded(match.route or "") if match else "",
            referrer=_referrer(self._request),
            response_bytes=response_bytes,
        )
        try:
            with bind_scope(self._scope):  # a visitor who leaves early leaves it, too
                record(viewed)
        except Error:
            _log.exception("a page view was not recorded", extra={"path": viewed.path})


def _parts(body: Iterator[bytes], view: _View, response: HttpResponseBase) -> Iterator[bytes]:
    sent, status = 0, None
    try:
        for part in body:
            sent += len(part)
            yield part
        status = response.status_code
    finally:
        view.end(status, sent)


async def _async_parts(
    body: AsyncIterator[bytes], view: _View, response: HttpResponseBase
) -> AsyncIterator[bytes]:
    sent, status = 0, None
    try:
        async for part in body:
            sent += len(part)
            yield part
        status = response.status_code
    finally:
        await sync_to_async(view.end)(status, sent)


def _name_of(view: Any) -> str:
    """Return the dotted name of a view function or of a class-based view's class."""
    while isinstance(view, partial):
        view = view.func
    view = getattr(view, "view_class", view)
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}"


def _length(response: Any) -> int | None:
    return None if response.streaming else len(response.content)


def _referrer(request: HttpRequest) -> str:
    said = request.META.get("HTTP_REFERER", "")
    if not said:
        return ""
    try:
        parts = urlsplit(said)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return _bounded(f"{parts.scheme}://{host}{parts.path}" if host else parts.path)


def _bounded(text: str) -> str:
    return text.encode(errors="replace")[:2000].decode(errors="ignore").replace("\0", "\ufffd")
